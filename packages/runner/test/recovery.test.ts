import { defineTool } from "@holdfast/core/tool";
import { createMemoryStore, scriptedModel, text, toolCall, toolResultsOfTurn, wait } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, openRuntime, setStage, shared, untilEvent, untilItem } from "./stage.ts";

import type { Holdfast } from "@holdfast/core";
import type { DurableEvent } from "@holdfast/core/event";
import type { Tool } from "@holdfast/core/tool";
import type { Stage } from "./stage.ts";

const never = new Promise<never>(() => {});

/** A tool whose first phase, or whose second one, never ends in the process that is left behind. */
const stuckIn = (phase: "prepare" | "execute" | "nothing", replay: "never" | "safe", runs: number[] = []): Tool =>
  defineTool({
    name: "act",
    description: "Has an effect.",
    input: z.object({}),
    output: z.string(),
    replay,
    prepare: () => (phase === "prepare" ? never : { target: "a file" }),
    execute: (_input, { attempt, effect }) => {
      if (phase === "execute") return never;
      runs.push(attempt);
      return `acted on ${JSON.stringify(effect)}`;
    },
  });

const script = () =>
  scriptedModel((prompt) =>
    toolResultsOfTurn(prompt).length > 0 || prompt.length > 1 ? [text("Done.")] : [toolCall("act", {})],
  );

/** A session whose call was left open by a runtime that is gone. */
const leave = async (phase: "prepare" | "execute", replay: "never" | "safe"): Promise<Stage> => {
  const stage = await setStage({
    store: shared(createMemoryStore()),
    tools: [stuckIn(phase, replay)],
    model: script(),
    limits: { graceMs: 1 },
  });
  await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
  await untilEvent(stage.holdfast, stage.sessionId, phase === "prepare" ? "tool.called" : "tool.begun");
  await stage.holdfast[Symbol.asyncDispose]();
  return stage;
};

describe("a call that was left open", () => {
  const [ran, cancelled, unknown] = [{ status: "completed" }, { reason: "cancelled" }, { reason: "unknown-outcome" }];
  const [prepare, execute] = ["prepare", "execute"] as const;

  it.each([
    { call: "not begun", by: "resume()", does: "runs it from the top", in: prepare, outcome: ran, runs: [1] },
    {
      call: "not begun",
      by: "a new prompt",
      does: "settles it as cancelled",
      in: prepare,
      outcome: cancelled,
      runs: [],
    },
    { call: "begun", by: "resume()", does: "settles it as unknown", in: execute, outcome: unknown, runs: [] },
    { call: "begun", by: "a new prompt", does: "settles it as unknown", in: execute, outcome: unknown, runs: [] },
    {
      call: "begun and safe",
      by: "resume()",
      does: "repeats the recorded effect",
      in: execute,
      outcome: ran,
      runs: [2],
    },
    {
      call: "begun and safe",
      by: "a new prompt",
      does: "settles it as unknown",
      in: execute,
      outcome: unknown,
      runs: [],
    },
  ])("$call: $by $does", async ({ call, by, in: phase, outcome, runs: expectedRuns }) => {
    const replay = call === "begun and safe" ? "safe" : "never";
    await using left = await leave(phase, replay);
    const { store, sessionId } = left;
    const runs: number[] = [];
    await using holdfast = await openRuntime(store, { tools: [stuckIn("nothing", replay, runs)], model: script() });
    if (by === "resume()") await holdfast.sessions.resume({ sessionId });
    else await holdfast.sessions.prompt({ sessionId, text: "Go on" });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const log = await logOf(holdfast, sessionId);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome }]);
    expect(runs).toEqual(expectedRuns);
    expect(dataOf(log, "execution.recovered")).toMatchObject([{ recovery: 1, calls: [{ name: "act" }] }]);
    await expectSound(store, sessionId);
  });
});

describe("recoveries in a row", () => {
  it("ten without progress are tried, and the next one ends the execution as failed", async () => {
    await using stage = await setStage({
      store: shared(createMemoryStore()),
      model: [[text("Half", { open: true }), wait(never)]],
    });
    const { store, sessionId } = stage;
    await stage.holdfast.sessions.prompt({ sessionId, text: "Go" });
    await untilEvent(stage.holdfast, sessionId, "attempt.started");
    await stage.holdfast[Symbol.asyncDispose]();
    for (let recovery = 1; recovery <= 10; recovery++) {
      await using next = await openRuntime(store, { model: [[wait(never)]] });
      await next.sessions.resume({ sessionId });
      await untilRecovered(next, sessionId, recovery);
    }
    await using last = await openRuntime(store, { model: [[text("Never asked.")]] });
    await last.sessions.resume({ sessionId });
    expect(await last.sessions.wait({ sessionId })).toMatchObject({
      status: "failed",
      failure: { class: "recovery-limit" },
    });
    expect(dataOf(await logOf(last, sessionId), "execution.recovered")).toHaveLength(10);
    await last.sessions.prompt({ sessionId, text: "Again" });
    expect(await last.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    await expectSound(store, sessionId);
  });

  it("are counted anew after a settled call", async () => {
    const tick = defineTool({
      name: "tick",
      description: "Counts.",
      input: z.object({}),
      output: z.string(),
      execute: () => "counted",
    });
    await using stage = await setStage({
      store: shared(createMemoryStore()),
      tools: [tick],
      model: [[toolCall("tick", {})], [wait(never)]],
    });
    const { store, sessionId } = stage;
    await stage.holdfast.sessions.prompt({ sessionId, text: "Go" });
    await untilEvent(stage.holdfast, sessionId, "step.ended");
    await stage.holdfast[Symbol.asyncDispose]();
    for (let recovery = 1; recovery <= 12; recovery++) {
      await using next = await openRuntime(store, { tools: [tick], model: [[toolCall("tick", {})], [wait(never)]] });
      await next.sessions.resume({ sessionId });
      await untilRecovered(next, sessionId, recovery);
      await expect.poll(async () => dataOf(await logOf(next, sessionId), "step.ended").length).toBe(recovery + 1);
    }
    const log = (await store.events({ sessionId, after: -1, limit: 500 })) as readonly DurableEvent[];
    expect(new Set(dataOf(log, "execution.recovered").map(({ recovery }) => recovery))).toEqual(new Set([1]));
  });
});

/** Resolves when the log holds so many resume receipts. */
const untilRecovered = async (holdfast: Holdfast, sessionId: string, times: number): Promise<void> => {
  let seen = 0;
  await untilItem(holdfast, sessionId, (item) => {
    if (item.kind === "event" && item.event.type === "execution.recovered") seen += 1;
    return seen === times;
  });
};
