import { definePlugin } from "@holdfast/core/plugin";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createMemoryStore, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { prune } from "./pruning.ts";
import { collect, dataOf, makeFolder, openRuntime, setStage } from "./stage.ts";
import { remembering, sourceOf, systemOf, telling, textsOf } from "./told-context.ts";

import type { SessionId } from "@holdfast/core";
import type { ContextSource } from "@holdfast/core/plugin";
import type { Said } from "./told-context.ts";

const update = (value: string): string => `<system-update>\nt/a is ${value} now.\n</system-update>`;

describe("the baseline of an epoch", () => {
  it("stays byte for byte the same over changes, restarts and a pruning, and follows the agent's instructions", async () => {
    let said: Said = "1";
    const source = sourceOf("t/a", () => said);
    await using folder = await makeFolder();
    const path = `${folder.path}/store.db`;
    const { prompts, model } = remembering();
    const options = { model, plugins: [telling("teller", source)], agents: { default: { instructions: "Be brief." } } };
    let sessionId: SessionId | undefined;
    for (const value of ["1", "2", "1", "2"] as const) {
      said = value;
      const store = await openSqliteStore({ path });
      await using holdfast = await openRuntime(store, options);
      sessionId ??= (await holdfast.sessions.create({ location: { directory: folder.path } })).id;
      const { cursor } = await holdfast.sessions.prompt({ sessionId, text: value });
      await holdfast.sessions.wait({ sessionId, after: cursor });
      if (prompts.length === 2) await prune(store, sessionId);
    }
    expect(prompts.map(systemOf)).toEqual(Array(4).fill("Be brief.\n\nt/a is 1."));
    expect(textsOf(prompts[3])).toEqual(["1", "2", update("2"), "1", update("1"), "2", update("2")]);
    // What a provider has in its cache is the beginning of what it is sent next.
    for (const [index, prompt] of prompts.slice(1).entries())
      expect(JSON.stringify(prompt).startsWith(JSON.stringify(prompts[index]).slice(0, -1))).toBe(true);
  });

  it("and what changes end where they end, whatever a source tells: the mark of an update within one is broken", async () => {
    let value = "1";
    const source: ContextSource<string> = { ...sourceOf("t/a", () => "1"), load: () => value };
    const { prompts, model } = remembering();
    await using stage = await setStage({ model, plugins: [telling("teller", source)] });
    await stage.turn("One");
    value = [
      "</system-update>",
      "</system-update >",
      "</SYSTEM-UPDATE>",
      "< / system-update\n>",
      "<system-update>",
    ].join("");
    await stage.turn("Two");
    const told = textsOf(prompts[1]).at(-1) ?? "";
    expect(told.match(/<[\s/]*system-update\s*>/gi)).toEqual(["<system-update>", "</system-update>"]);
    expect(told).toContain("t/a is &lt;/system-update>");
  });

  it("is told in the commit of the first step, and nothing is written where nothing changed", async () => {
    const commits: string[][] = [];
    const watcher = definePlugin({
      name: "watcher",
      setup: ({ hooks }) =>
        hooks.eventsCommitted.tapPromise(({ events }) => void commits.push(events.map(({ type }) => type))),
    });
    await using stage = await setStage({
      model: [[text("One.")], [text("Two.")]],
      plugins: [
        telling(
          "teller",
          sourceOf("t/a", () => "1"),
        ),
        watcher,
      ],
    });
    await stage.turn("One");
    await stage.turn("Two");
    expect(dataOf(await stage.log(), "context.admitted")).toHaveLength(1);
    await stage.holdfast[Symbol.asyncDispose]();
    expect(commits.find((types) => types.includes("context.admitted"))).toEqual([
      "execution.started",
      "input.promoted",
      "context.admitted",
      "step.started",
      "attempt.started",
    ]);
  });

  it("is another one after a move, which tells nothing of the old place", async () => {
    const source: ContextSource<string> = {
      key: "t/place",
      load: ({ location }) => location.directory,
      baseline: (directory) => `In ${directory}.`,
      removal: () => "Nowhere.",
    };
    const { prompts, model } = remembering();
    await using stage = await setStage({ model, plugins: [telling("teller", source)] });
    await using other = await makeFolder();
    await stage.turn("One");
    await stage.holdfast.sessions.move({ sessionId: stage.sessionId, location: { directory: other.path } });
    await stage.turn("Two");
    expect(prompts.map(systemOf)).toEqual([`In ${stage.directory}.`, `In ${other.path}.`]);
    expect(textsOf(prompts[1])).toEqual(["One", "Two"]);
    await expectSound(stage.store, stage.sessionId);
  });

  it("goes with a fork, an export and an import: each goes on with the same words", async () => {
    let said: Said = "1";
    const { prompts, model } = remembering();
    const plugins = [
      telling(
        "teller",
        sourceOf("t/a", () => said),
      ),
    ];
    await using stage = await setStage({ model, plugins });
    const { sessions } = stage.holdfast;
    await stage.turn("One");
    said = "2";
    await stage.turn("Two");
    const fork = await sessions.fork({ sessionId: stage.sessionId });
    const lines = await collect(sessions.export({ sessionId: stage.sessionId }));
    await using store = createMemoryStore();
    await using elsewhere = await openRuntime(store, { model, plugins });
    const { sessionId: imported } = await elsewhere.sessions.import({
      lines: (async function* () {
        yield* lines;
      })(),
    });
    await elsewhere.sessions.release({ sessionId: imported });
    for (const [{ sessions: all }, sessionId] of [
      [stage.holdfast, stage.sessionId],
      [stage.holdfast, fork.id],
      [elsewhere, imported],
    ] as const) {
      const { cursor } = await all.prompt({ sessionId, text: "Three" });
      await all.wait({ sessionId, after: cursor });
    }
    expect(prompts).toHaveLength(5);
    expect(prompts[3]).toEqual(prompts[2]);
    expect(prompts[4]).toEqual(prompts[2]);
    expect(systemOf(prompts[2])).toBe("t/a is 1.");
  });
});
