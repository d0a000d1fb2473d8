// A runtime whose model makes one call that changes files: started by a test, killed at the n-th of what its file system does to make a change
// seen, and started again by the test with an answer. Arguments: directory, store, tool, input as JSON, n (0: never) and before or after.
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";

import { fsTools, nodeFileSystem } from "../../src/index.ts";

import type { JsonObject } from "@holdfast/core";

const [directory = "", store = "", tool = "", input = "{}", place = "0", moment = "before"] = process.argv.slice(2);
const killAt = Number(place);
let reached = 0;

/** Dies before or after the change of that number. A temporary file that goes is none. */
const change = async (path: string, work: () => Promise<void>): Promise<void> => {
  const isHere = !path.endsWith(".tmp") && ++reached === killAt;
  if (isHere && moment === "before") process.kill(process.pid, "SIGKILL");
  await work();
  if (isHere) process.kill(process.pid, "SIGKILL");
};

const model = scriptedModel((prompt) =>
  toolResultsOfTurn(prompt).length > 0 ? [text("Done.")] : [toolCall(tool, JSON.parse(input) as JsonObject)],
);
const sessionId = "ses_change";
await using holdfast = await createRuntime({
  store: await openSqliteStore({ path: store }),
  model: () => ({ model }),
  plugins: [
    fsTools({
      tools: ["write", "edit", "apply_patch"],
      fileSystem: {
        ...nodeFileSystem,
        rename: (from, to) => change(to, () => nodeFileSystem.rename(from, to)),
        link: (from, to) => change(to, () => nodeFileSystem.link(from, to)),
        remove: (path) => change(path, () => nodeFileSystem.remove(path)),
      },
    }),
  ],
  rules: [{ action: "*", resource: "*", effect: "allow" }],
  recovery: "off",
});
if (killAt > 0) {
  await holdfast.sessions.create({ id: sessionId, location: { directory } });
  await holdfast.sessions.prompt({ sessionId, text: "Change it" });
} else {
  await holdfast.sessions.resume({ sessionId });
}
let { status } = await holdfast.sessions.wait({ sessionId });
if (status === "asking") {
  for (const { askId, identity, shown } of (await holdfast.asks.list({ sessionId })).asks) {
    process.stdout.write(`${JSON.stringify(shown)}\n`);
    await holdfast.asks.answer({ sessionId, askId, identity, answer: { kind: "unknown-effect", reply: "continue" } });
  }
  ({ status } = await holdfast.sessions.wait({ sessionId }));
}
process.stdout.write(`${status}\n`);
