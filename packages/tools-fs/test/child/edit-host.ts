// A runtime whose model edits one file: started by a test, killed before or after the rename that is the edit, and started again.
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";

const [directory = "", store = "", killAt = "never"] = process.argv.slice(2);
const die = (): void => void process.kill(process.pid, "SIGKILL");
const { rename } = promises;
promises.rename = async (from, to) => {
  const isEdit = String(to).endsWith("/a.txt");
  if (isEdit && killAt === "before") die();
  await rename(from, to);
  if (isEdit && killAt === "after") die();
};
syncBuiltinESMExports();

// After the rename was put in its place, so that the tools take that one.
const { fsTools } = await import("@holdfast/tools-fs");
const model = scriptedModel((prompt) =>
  toolResultsOfTurn(prompt).length > 0
    ? [text("Done.")]
    : [toolCall("edit", { path: "a.txt", oldText: "one", newText: "one and one" })],
);
const sessionId = "ses_edit";
await using holdfast = await createRuntime({
  store: await openSqliteStore({ path: store }),
  model: () => ({ model }),
  plugins: [fsTools({ tools: ["edit"] })],
  rules: [{ action: "*", resource: "*", effect: "allow" }],
  recovery: "off",
});
if (killAt === "never") {
  await holdfast.sessions.resume({ sessionId });
} else {
  await holdfast.sessions.create({ id: sessionId, location: { directory } });
  await holdfast.sessions.prompt({ sessionId, text: "Edit it" });
}
const { status } = await holdfast.sessions.wait({ sessionId });
process.stdout.write(`${status}\n`);
