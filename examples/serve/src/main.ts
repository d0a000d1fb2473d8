// The example of the server's README, as a program: run in CI, asked by plain fetch, with a scripted model in place of a provider's.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve } from "@holdfast/http";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text } from "@holdfast/testkit";

import type { MessagePage, Receipt, SessionInfo, WaitOutcome } from "@holdfast/core";

const directory = await mkdtemp(join(tmpdir(), "holdfast-serve-"));
const path = join(directory, "sessions.db");
const model = scriptedModel([[text("It is 42.")]]);
const token = "a token that only its users know".replaceAll(" ", "-");

// #region readme
// Not awaited: where the store cannot be opened, the server still starts, and tells why.
const opening = openSqliteStore({ path }).then((store) => createRuntime({ store, model: () => ({ model }) }));

const server = await serve({
  holdfast: opening,
  token,
  logger: { debug: () => {}, info: () => {}, warn: console.warn, error: console.error },
});
process.stdout.write(`listening on ${server.url}\n`);

const stop = async (): Promise<void> => {
  // Streams are told to come again, requests finish, and then the sessions are given up for whoever comes next.
  await server[Symbol.asyncDispose]();
  await (await opening)[Symbol.asyncDispose]();
};
process.once("SIGTERM", () => void stop());
// #endregion readme

await opening;
const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
const call = async <T>(method: string, route: string, body?: unknown): Promise<T> => {
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return (await (await fetch(server.url + route, init)).json()) as T;
};
const { id } = await call<SessionInfo>("POST", "/v1/sessions", { location: { directory } });
const receipt = await call<Receipt>("POST", `/v1/sessions/${id}/inputs`, { text: "What is the answer?" });
const after = encodeURIComponent(receipt.cursor);
const { status } = await call<WaitOutcome>("GET", `/v1/sessions/${id}/wait?after=${after}`);
const { messages } = await call<MessagePage>("GET", `/v1/sessions/${id}/messages`);
const said = messages.flatMap((message) => (message.role === "assistant" ? message.content : []));
process.stdout.write(`${said.map((part) => (part.type === "text" ? part.text : "")).join("")}\n${status}\n`);
await stop();
await rm(directory, { recursive: true, force: true });
process.exitCode = status === "completed" ? 0 : 1;
