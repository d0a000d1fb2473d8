import { HoldfastError } from "@holdfast/core";
import { serve } from "@holdfast/http";
import { createFakeHoldfast, createGate, scriptedModel, text, wait } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { createClient } from "../src/create-client.ts";
import { quickPorts } from "./quick-ports.ts";

import type { Script } from "@holdfast/testkit";
import type { ServeOptions } from "@holdfast/http";

/** A client of a server over a fake. */
const setStage = async (script: Script, options: Partial<ServeOptions> = {}) => {
  const stack = new AsyncDisposableStack();
  const holdfast = stack.use(createFakeHoldfast({ model: scriptedModel(script) }));
  const server = stack.use(await serve({ holdfast, server: { graceMs: 0 }, ...options }));
  const client = stack.use(createClient({ baseUrl: server.url, token: options.token }));
  return { client, server, holdfast, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};

/** Much that is no export. */
function* noLines() {
  yield "no line of an export";
  for (let line = 0; line < 200_000; line++) yield "x".repeat(100);
}

const location = { directory: "/project" };

it("a text of every kind of character comes back as it was sent, by prompt, event and message", async () => {
  const said = 'ä 😀 \u2028 \u2029 \0 \r\n data: x\n\nid: 1 \uFEFF "quoted"';
  await using stage = await setStage(() => [text(said)]);
  const { sessions } = stage.client;
  const { id: sessionId } = await sessions.create({ location });
  const { cursor } = await sessions.prompt({ sessionId, text: said });
  const texts: unknown[] = [];
  for await (const item of sessions.events({ sessionId, after: cursor, until: "idle" }))
    if (item.kind === "event" && item.event.type === "text.ended") texts.push(item.event.data.text);
  expect(texts).toEqual([said]);
  expect((await sessions.messages({ sessionId })).messages).toMatchObject([
    { text: said },
    { content: [{ text: said }] },
  ]);
});

it("fragments come between the durable events, and make up the text that follows", async () => {
  const gate = createGate();
  await using stage = await setStage(() => [
    text("One ", { open: true }),
    wait(gate.opened),
    text("two.", { chunks: 2 }),
  ]);
  const { sessions } = stage.client;
  const { id: sessionId } = await sessions.create({ location });
  await sessions.prompt({ sessionId, text: "Hi" });
  let shown = "";
  for await (const { kind, ...item } of sessions.events({ sessionId, live: true, until: "idle" })) {
    if (kind !== "live" || !("live" in item) || typeof item.live === "boolean") continue;
    if (item.live.type === "block.open") shown += item.live.text;
    if (item.live.type === "block.delta") shown += item.live.delta;
    if (shown === "One ") gate.open();
  }
  expect(shown).toBe("One two.");
});

it("a server that goes and comes back on its port is followed on, and told apart from one that refuses the token", async () => {
  await using stage = await setStage(() => [text("Hello.")], { token: "secret" });
  const { holdfast, client } = stage;
  const { id: sessionId } = await client.sessions.create({ location });
  const seqs: number[] = [];
  const first = await serve({ holdfast, token: "secret", server: { graceMs: 0 }, limits: { reconnectMs: 20 } });
  const follower = createClient({ baseUrl: first.url, token: "secret" });
  let second: Awaited<ReturnType<typeof serve>> | undefined;
  for await (const item of follower.sessions.events({ sessionId })) {
    if (item.kind === "event") seqs.push(item.event.seq);
    if (item.kind === "event" && item.event.type === "execution.ended") break;
    if (item.kind !== "sync" || second !== undefined) continue;
    await first[Symbol.asyncDispose]();
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    second = await serve({ holdfast, token: "secret", port: first.port, server: { graceMs: 0 } });
  }
  await second?.[Symbol.asyncDispose]();
  expect(seqs).toEqual(seqs.map((_, index) => index));
  expect(seqs.length).toBeGreaterThan(5);
  const stranger = createClient({ baseUrl: stage.server.url, token: "wrong" });
  await expect(stranger.sessions.list()).rejects.toMatchObject({ code: "http.unauthorized", status: 401 });
});

it("an import that the server refuses in the middle is told why, although more would have been sent", async () => {
  await using stage = await setStage([]);
  await expect(stage.client.sessions.import({ lines: noLines() })).rejects.toMatchObject({ code: "import.malformed" });
});

it("a facade that could not be opened says so at once, with its reason", async () => {
  const refused = Promise.reject(
    new HoldfastError("store.migration-failed", { message: "Migration 5 failed: restore the copy beside the file." }),
  );
  refused.catch(() => {});
  await using server = await serve({ holdfast: refused, server: { graceMs: 0 } });
  const ports = quickPorts();
  const { sessions } = createClient({ baseUrl: server.url }, ports);
  await expect(sessions.list()).rejects.toMatchObject({ code: "store.migration-failed", status: 503 });
  const reading = (async () => {
    for await (const _item of sessions.events({ sessionId: "ses_a" })) continue;
  })();
  await expect(reading).rejects.toMatchObject({ code: "store.migration-failed" });
  expect(ports.slept).toEqual([]);
});

it("a session that travels from one server to another arrives whole", async () => {
  await using source = await setStage(() => [text("Hello.")]);
  await using target = await setStage([]);
  const { id: sessionId } = await source.client.sessions.create({ location });
  await source.client.sessions.prompt({ sessionId, text: "Hi" });
  await source.client.sessions.wait({ sessionId });
  const outcome = await target.client.sessions.import({ lines: source.client.sessions.export({ sessionId }) });
  expect(outcome).toMatchObject({ sessionId, status: "imported" });
  expect(await target.client.sessions.messages({ sessionId })).toMatchObject({
    messages: [{ text: "Hi" }, { content: [{ text: "Hello." }] }],
  });
});
