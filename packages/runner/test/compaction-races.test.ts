import { definePlugin } from "@holdfast/core/plugin";
import { createMemoryStore, providerError, refuse } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { asksForSummary, short } from "./compacting.ts";
import { dataOf, makeFolder, openRuntime, setStage, shared, untilItem } from "./stage.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { Stage } from "./stage.ts";

const turns = async (stage: Stage, count: number): Promise<void> => {
  for (let turn = 1; turn <= count; turn++) await stage.turn(`Turn ${turn}: ${"word ".repeat(14_000)}`);
};

/** A plugin whose setup at a directory waits, and says when it was reached. */
const gated = (directory: string) => {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const plugin: Plugin = definePlugin({
    name: "gated",
    setup: async ({ location }) => {
      if (location.directory !== directory) return;
      reached.resolve();
      await gate.promise;
    },
  });
  return { plugin, reached: reached.promise, open: gate.resolve };
};

describe("a compaction that is about to open an execution", () => {
  it("does not where its session moved meanwhile: the execution opens at the new Location, and its prompt is answered", async () => {
    const store = createMemoryStore();
    await using folder = await makeFolder();
    await using stage = await setStage({ store: shared(store), model: short, contextTokens: 200_000 });
    const { sessionId } = stage;
    await turns(stage, 3);
    const { plugin, reached, open } = gated(stage.directory);
    await using other = await openRuntime(shared(store), { model: short, contextTokens: 32_768, plugins: [plugin] });
    const { cursor } = await other.sessions.prompt({ sessionId, text: "Four" });
    await reached;
    await stage.holdfast.sessions.move({ sessionId, location: { directory: folder.path } });
    open();
    expect(await other.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(await other.sessions.inputs({ sessionId })).toEqual([]);
    expect(dataOf(await stage.log(), "execution.started")).toHaveLength(4);
  });

  it("opens none for a request that was withdrawn meanwhile, also where there is nothing to compact", async () => {
    const store = createMemoryStore();
    await using stage = await setStage({ store: shared(store), model: short });
    const { sessionId } = stage;
    const { plugin, reached, open } = gated(stage.directory);
    await using other = await openRuntime(shared(store), { model: short, plugins: [plugin] });
    const { cursor, messageId } = await other.sessions.compact({ sessionId });
    await reached;
    const [input] = await other.sessions.inputs({ sessionId });
    await other.sessions.withdrawInput({ sessionId, messageId, version: input?.version ?? -1 });
    open();
    await other.sessions.wait({ sessionId, after: cursor });
    expect((await stage.turn("Hi")).status).toBe("completed");
    expect(dataOf(await stage.log(), "compaction.started")).toEqual([]);
    expect(dataOf(await stage.log(), "execution.started")).toHaveLength(1);
  });
});

describe("a request to compact that opened an execution", () => {
  it("ends it as completed where it is withdrawn between two tries, with no recovery", async () => {
    await using stage = await setStage({
      compaction: { auto: false },
      retries: { limit: 4 },
      model: (prompt) =>
        asksForSummary(prompt) ? [refuse(providerError({ status: 503, message: "no" }))] : short(prompt),
    });
    const { sessionId, holdfast } = stage;
    await turns(stage, 2);
    const { cursor, messageId } = await holdfast.sessions.compact({ sessionId });
    await untilItem(holdfast, sessionId, (item) => item.kind === "event" && item.event.type === "compaction.failed");
    const [input] = await holdfast.sessions.inputs({ sessionId });
    await holdfast.sessions.withdrawInput({ sessionId, messageId, version: input?.version ?? -1 });
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(dataOf(log, "execution.recovered")).toEqual([]);
    expect(dataOf(log, "execution.ended").at(-1)).toMatchObject({ outcome: "completed" });
  });
});
