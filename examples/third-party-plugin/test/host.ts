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

import type { Script } from "@holdfast/testkit";

const directory = await mkdtemp(join(tmpdir(), "holdfast-host-"));
const write = (name: string) => toolCall("write_note", { name, text: "Hello." });
const [mayWrite, mayGoOn] = [createGate(), createGate()];
const steps: Extract<Script, readonly unknown[]> = [
  // The first step: one call before the plugin is replaced, which is still at work then, and one after it.
  [write("first"), wait(mayGoOn.opened), write("second")],
  // The next one sees the new plugin, which has a person asked before it writes a guarded note.
  [write("third"), write("secret-plan")],
  [text("Written.")],
  // The next turn comes after the plugin was removed.
  [write("fourth")],
  [text("I cannot.")],
];
/** What the model was shown, as JSON: one for each step. */
const shown: string[] = [];
const model = scriptedModel((prompt) => steps[shown.push(JSON.stringify(prompt)) - 1] ?? []);
// #region host
const holdfast = await createRuntime({
  store: createMemoryStore(),
  model: () => ({ model }),
  plugins: [notes({ folder: "old", beforeWrite: () => mayWrite.opened })],
  rules: [{ action: "*_note", resource: "*", effect: "allow" }],
});
// #endregion host

try {
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory } });
  /** The log so far: types of events, and what came of calls. */
  const log = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const item of holdfast.sessions.events({ sessionId, until: "sync" })) {
      if (item.kind !== "event") continue;
      if (item.event.type === "tool.begun") found.push("begun");
      if (item.event.type !== "tool.settled") continue;
      const { outcome } = item.event.data;
      found.push(outcome.status === "stopped" ? outcome.reason : outcome.status);
    }
    return found;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 4_000; tries++) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`expected it within 20 s, found ${JSON.stringify(await log())}`);
  };
  const isThere = (path: string): boolean => existsSync(join(directory, `${path}.md`));

  await holdfast.sessions.prompt({ sessionId, text: "Write some notes." });
  await until(async () => (await log()).includes("begun"));
  // The new one taps a hook, by which it is seen that it is there. The old one is not closed yet: its call is still at work.
  const replacing = holdfast.replacePlugin(notes({ folder: "new", guarded: "secret" }));
  await until(async () => (await holdfast.locations.list())[0]?.taps.length === 1);
  mayGoOn.open();
  // The call that was advertised with the old plugin, and came after the new one, is stale: it is not run.
  await until(async () => (await log()).length > 1);
  deepStrictEqual(await log(), ["begun", "stale-registration"]);
  mayWrite.open();
  await replacing;

  // The new plugin has a person asked.
  await until(async () => (await holdfast.asks.list({ sessionId })).asks.length === 1);
  const [ask] = (await holdfast.asks.list({ sessionId })).asks;
  if (ask === undefined) throw new Error("expected a question, found none");
  deepStrictEqual(isThere("new/secret-plan"), false);
  const { askId, identity } = ask;
  await holdfast.asks.answer({ sessionId, askId, identity, answer: { kind: "permission", reply: "once" } });
  await holdfast.sessions.wait({ sessionId });
  // The running step kept the old tool, which finished its call; the next one had the new tools and the new source.
  deepStrictEqual((await log()).filter((what) => what !== "begun").toSorted(), [
    "completed",
    "completed",
    "completed",
    "stale-registration",
  ]);
  const paths = ["first", "second", "third", "secret-plan"].flatMap((name) => [`old/${name}`, `new/${name}`]);
  deepStrictEqual(paths.filter(isThere), ["old/first", "new/third", "new/secret-plan"]);
  deepStrictEqual(
    shown.map((prompt) => prompt.includes("There are notes: secret-plan, third.")),
    [false, false, true],
  );

  await holdfast.removePlugin("holdfast-plugin-notes");
  await holdfast.sessions.prompt({ sessionId, text: "And one more." });
  await holdfast.sessions.wait({ sessionId });
  deepStrictEqual((await log()).at(-1), "unknown-tool");
  deepStrictEqual(shown.at(-1)?.includes("There are no notes any more."), true);
  const [open] = await holdfast.locations.list();
  deepStrictEqual([open?.plugins, open?.tools, open?.taps], [[], [], []]);
  process.stdout.write("loaded, replaced while a step ran, and removed\n");
} finally {
  await holdfast[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
}
