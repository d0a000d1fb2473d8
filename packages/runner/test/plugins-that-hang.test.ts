import { silentLogger } from "@holdfast/core";
import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createFakeClock, createMemoryStore, finish, text, toolCall } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, openRuntime, setStage, shared, untilEvent } from "./stage.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { Stage } from "./stage.ts";

const never = (): Promise<never> => new Promise(() => {});

/** Hangs at each moment of a request, from when it is told to, and says how often it was asked. */
const hanging = () => {
  const state = { hangs: true, asked: 0 };
  const answer = async (): Promise<undefined> => {
    state.asked += 1;
    return state.hangs ? never() : undefined;
  };
  const plugin: Plugin = definePlugin({
    name: "hanging",
    setup: ({ hooks, context }) => {
      hooks.contextCollecting.tapPromise(answer);
      hooks.toolsCollecting.tapPromise(answer);
      hooks.requestPreparing.tapPromise(answer);
      hooks.compactionPreparing.tapPromise(answer);
      context.register({
        key: "hanging/x",
        load: async () => ((await answer()) === undefined ? "x" : "y"),
        baseline: () => "x",
        removal: () => "gone",
      });
    },
  });
  return { state, plugin };
};

/** A stage whose clock stands still, so that no limit of a hook ever passes. */
const stalled = async (options: Parameters<typeof setStage>[0] = {}) => {
  const clock = createFakeClock();
  const { state, plugin } = hanging();
  const asked: unknown[] = [];
  const model = (prompt: unknown) => {
    asked.push(prompt);
    return [text("Yes.")];
  };
  const stage = await setStage({ clock, model, plugins: [plugin], ...options });
  return { stage, clock, state, asked };
};

const untilAsked = (state: { readonly asked: number }, least = 1): Promise<void> =>
  expect.poll(() => state.asked, { timeout: 20_000 }).toBeGreaterThanOrEqual(least);

const typesOf = async ({ log }: Stage): Promise<readonly string[]> => (await log()).map(({ type }) => type);

describe("an execution whose plugins hang", { timeout: 60_000 }, () => {
  it("opens by itself after a second, so that it can be interrupted, and then ends at once without a request", async () => {
    const { stage, clock, state, asked } = await stalled();
    await using _ = stage;
    const { sessionId, holdfast } = stage;
    const { cursor, messageId } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
    await untilAsked(state);
    expect(await holdfast.sessions.interrupt({ sessionId })).toMatchObject({ status: "nothing-running" });
    await clock.advance(1_000);
    await untilEvent(holdfast, sessionId, "execution.started");
    expect(await holdfast.sessions.interrupt({ sessionId })).toMatchObject({ status: "requested" });
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "interrupted" });
    expect(await typesOf(stage)).not.toContain("attempt.started");
    expect(asked).toEqual([]);
    expect(await holdfast.sessions.inputs({ sessionId })).toMatchObject([{ messageId }]);
    await expectSound(stage.store, sessionId);
  });

  it("is answered all the same as soon as they answer, in the execution that was opened", async () => {
    const { stage, clock, state, asked } = await stalled();
    await using _ = stage;
    const { sessionId, holdfast } = stage;
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
    await untilAsked(state);
    await clock.advance(1_000);
    await untilEvent(holdfast, sessionId, "execution.started");
    state.hangs = false;
    await clock.advance(5_000);
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "execution.started")).toHaveLength(1);
    expect(asked).toHaveLength(1);
    await expectSound(stage.store, sessionId);
  });

  it("is left at once by a disposal, which asks no tap any more, and by nobody's fault", async () => {
    const reports: unknown[] = [];
    const logger = { ...silentLogger, error: (message: string) => void reports.push(message) };
    const { stage, state, asked } = await stalled({ logger });
    await using _ = stage;
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
    await untilAsked(state);
    const before = state.asked;
    // The clock stands still: whatever waited for a limit would wait for ever.
    await stage.holdfast[Symbol.asyncDispose]();
    expect(state.asked).toBe(before);
    expect(asked).toEqual([]);
    expect(reports).toEqual([]);
  });
});

describe("a later step whose plugins hang", { timeout: 60_000 }, () => {
  it.each(["interrupted", "disposed"] as const)("is not begun where it is %s meanwhile", async (how) => {
    const store = createMemoryStore();
    const { state, plugin } = hanging();
    state.hangs = false;
    const look = defineTool({
      name: "look",
      description: "Looks",
      input: z.object({}),
      output: z.string(),
      execute: () => {
        state.hangs = true;
        return "done";
      },
    });
    const asked: unknown[] = [];
    await using stage = await setStage({
      store: shared(store),
      clock: createFakeClock(),
      tools: [look],
      plugins: [plugin],
      model: (prompt) => {
        asked.push(prompt);
        return [toolCall("look", {}), finish("tool-calls")];
      },
    });
    const { sessionId, holdfast } = stage;
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
    await untilEvent(holdfast, sessionId, "tool.settled");
    if (how === "interrupted") {
      await holdfast.sessions.interrupt({ sessionId });
      expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "interrupted" });
    }
    await holdfast[Symbol.asyncDispose]();
    expect(asked).toHaveLength(1);
    await using other = await openRuntime(shared(store), { model: [[text("Later.")]] });
    expect(dataOf(await logOf(other, sessionId), "step.started")).toHaveLength(1);
    await (how === "disposed"
      ? other.sessions.resume({ sessionId })
      : other.sessions.prompt({ sessionId, text: "On" }));
    expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  });
});
