// The embedding example of the README, as a program: run in CI, with a scripted model in place of a provider's.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall } from "@holdfast/testkit";
import { fsTools } from "@holdfast/tools-fs";

const directory = await mkdtemp(join(tmpdir(), "holdfast-embed-"));
await writeFile(join(directory, "answer.txt"), "42\n");
const model = scriptedModel([
  [text("I look at the file."), toolCall("read", { path: "answer.txt" })],
  [text("The answer is 42.", { chunks: 4 })],
]);

// #region readme
const holdfast = await createRuntime({
  store: await openSqliteStore({ path: join(directory, "sessions.db") }),
  model: () => ({ model }),
  plugins: [fsTools()],
  rules: [{ action: "read", resource: "*", effect: "allow" }],
});

const session = await holdfast.sessions.create({ location: { directory } });
const receipt = await holdfast.sessions.prompt({ sessionId: session.id, text: "What is the answer?" });

for await (const item of holdfast.sessions.events({
  sessionId: session.id,
  after: receipt.cursor,
  live: true,
  until: "idle",
})) {
  if (item.kind === "live" && item.live.type === "block.delta") process.stdout.write(item.live.delta);
  if (item.kind === "event" && item.event.type === "tool.settled")
    process.stdout.write(`\n[${item.event.data.outcome.status}]\n`);
}

const outcome = await holdfast.sessions.wait({ sessionId: session.id });
await holdfast[Symbol.asyncDispose]();
// #endregion readme

await rm(directory, { recursive: true, force: true });
process.stdout.write(`\n${outcome.status}\n`);
process.exitCode = outcome.status === "completed" ? 0 : 1;
