// A host that loads the plugin, replaces it while a step runs, and removes it. No provider is asked: a script answers. Run it with
// `node test/host.ts`; it ends with exit code 1 where anything is not as it should be.
import { deepStrictEqual } from "node:assert";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRuntime } from "@holdfast/runner";
import { createGate, createMemoryStore, scriptedModel, text, toolCall, wait } from "@holdfast/testkit";

import { notes } from "../src/index.ts";

const directory = await mkdtemp(join(tmpdir(), "holdfast-host-"));
const write = (name: string) => toolCall("write_note", { name, text: "Hello." });
const mayGoOn = createGate();
const model = scriptedModel([
  // The first step: one call before the plugin is replaced, one after it.
  [write("first"), wait(mayGoOn.opened), write("second")],
  // The next one sees the new plugin.
  [write("third")],
  [text("Written.")],
  // The next turn comes after the plugin was removed.
  [write("fourth")],
  [text("I cannot.")],
]);
// #region host
const holdfast = await createRuntime({
  store: createMemoryStore(),
  model: () => ({ model }),
  plugins: [notes({ folder: "old" })],
  rules: [{ action: "*_note", resource: "*", effect: "allow" }],
});
// #endregion host

try {
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory } });
  /** What came of the calls so far. */
  const outcomes = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const item of holdfast.sessions.events({ sessionId, until: "sync" })) {
      if (item.kind !== "event" || item.event.type !== "tool.settled") continue;
      const { outcome } = item.event.data;
      found.push(outcome.status === "stopped" ? outcome.reason : outcome.status);
    }
    return found;
  };

  await holdfast.sessions.prompt({ sessionId, text: "Write three notes." });
  while ((await outcomes()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await holdfast.replacePlugin(notes({ folder: "new" }));
  mayGoOn.open();
  await holdfast.sessions.wait({ sessionId });
  // The call that was advertised with the old plugin, and came after the new one, is stale: it was not run.
  deepStrictEqual(await outcomes(), ["completed", "stale-registration", "completed"]);
  const isThere = (path: string): boolean => existsSync(join(directory, `${path}.md`));
  deepStrictEqual(["old/first", "old/second", "new/second", "new/third"].filter(isThere), ["old/first", "new/third"]);

  await holdfast.removePlugin("holdfast-plugin-notes");
  await holdfast.sessions.prompt({ sessionId, text: "And one more." });
  await holdfast.sessions.wait({ sessionId });
  deepStrictEqual((await outcomes()).at(-1), "unknown-tool");
  const [open] = await holdfast.locations.list();
  deepStrictEqual([open?.plugins, open?.tools, open?.taps], [[], [], []]);
  process.stdout.write("loaded, replaced while a step ran, and removed\n");
} finally {
  await holdfast[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
}
