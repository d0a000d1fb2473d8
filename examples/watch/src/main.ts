// The example of the SDK's README, as a program: run in CI, against a server of its own with a scripted model in place of a provider's.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve } from "@holdfast/http";
import { createRuntime } from "@holdfast/runner";
import { createClient, HoldfastError } from "@holdfast/sdk";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall } from "@holdfast/testkit";
import { fsTools } from "@holdfast/tools-fs";

const directory = await mkdtemp(join(tmpdir(), "holdfast-watch-"));
const model = scriptedModel([
  [text("I write it down."), toolCall("write", { path: "answer.txt", content: "42\n" })],
  [text("It is done.", { chunks: 4 })],
]);
const runtime = await createRuntime({
  store: await openSqliteStore({ path: join(directory, "sessions.db") }),
  model: () => ({ model }),
  plugins: [fsTools()],
  rules: [{ action: "*", resource: "*", effect: "ask" }],
});
const server = await serve({ holdfast: runtime, token: "secret", server: { graceMs: 0 } });

// #region readme
const { sessions, asks } = createClient({ baseUrl: server.url, token: "secret" });

const { id: sessionId } = await sessions.create({ location: { directory } });
// With an identity, the prompt is sent again where its answer was lost, and admitted once.
const { cursor } = await sessions.prompt({ sessionId, idempotencyKey: "ticket-42", text: "Write the answer down" });

try {
  // Goes on after the last cursor, however often the connection is lost.
  for await (const item of sessions.events({ sessionId, after: cursor, live: true })) {
    if (item.kind === "live" && item.live.type === "block.delta") process.stdout.write(item.live.delta);
    if (item.kind !== "event") continue;
    if (item.event.type === "execution.ended") break;
    if (item.event.type !== "ask.opened") continue;
    const { askId, identity } = item.event.data;
    await asks.answer({ sessionId, askId, identity, answer: { kind: "permission", reply: "once" } });
  }
} catch (error) {
  if (HoldfastError.isInstance(error, "cursor.gone")) process.stdout.write(`the log begins later: ${error.message}`);
  else throw error;
}
// #endregion readme

const outcome = await sessions.wait({ sessionId });
await server[Symbol.asyncDispose]();
await runtime[Symbol.asyncDispose]();
await rm(directory, { recursive: true, force: true });
process.stdout.write(`\n${outcome.status}\n`);
process.exitCode = outcome.status === "completed" ? 0 : 1;
