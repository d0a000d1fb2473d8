import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "@hey-api/openapi-ts";
import { expect, it } from "vitest";

import { startServing } from "./serving.ts";

import type { Loose } from "./serving.ts";

/** An operation of the generated client. */
type Operation = (
  options: object,
) => Promise<{ readonly data?: Loose; readonly error?: Loose; readonly response: Response }>;

it("a client that a public generator made from the document creates, lists, prompts, waits and reads events", async () => {
  const output = await mkdtemp(join(tmpdir(), "holdfast-client-"));
  try {
    const input = join(import.meta.dirname, "../openapi.json");
    await createClient({ input, output, logs: { level: "silent", file: false } });
    const sdk = (await import(/* @vite-ignore */ join(output, "sdk.gen.ts"))) as Readonly<Record<string, Operation>>;
    const { client } = (await import(/* @vite-ignore */ join(output, "client.gen.ts"))) as {
      client: { setConfig(config: object): void };
    };
    await using serving = await startServing({ token: "a-token" });
    client.setConfig({ baseUrl: serving.url, auth: () => "a-token" });
    const call = async (name: string, options: object = {}): Promise<Loose> => {
      const { data, error } = (await sdk[name]?.(options)) ?? {};
      return data ?? error;
    };
    const session = await call("sessionsCreate", {
      body: { location: { directory: serving.directory }, title: "Generated" },
    });
    expect((await call("sessionsList", { query: { limit: 5 } })).sessions).toEqual([session]);
    const path = { sessionId: session.id };
    const prompt = { path, body: { text: "Hi" }, headers: { "Idempotency-Key": "once" } };
    const receipt = await call("sessionsPrompt", prompt);
    expect(await call("sessionsWait", { path, query: { after: receipt.cursor } })).toMatchObject({
      status: "completed",
    });
    expect(await call("sessionsPrompt", prompt)).toMatchObject({ replayed: true, messageId: receipt.messageId });
    const page = await call("sessionsEvents", { path, query: { limit: 100 } });
    expect(page.items.at(-1).event).toMatchObject({ type: "execution.ended" });
    expect((await call("sessionsMessages", { path })).messages).toMatchObject([
      { text: "Hi" },
      { content: [{ text: "Hello." }] },
    ]);
    expect(await call("sessionsGet", { path: { sessionId: "ses_nobody" } })).toMatchObject({
      code: "session.not-found",
      status: 404,
    });
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}, 60_000);
