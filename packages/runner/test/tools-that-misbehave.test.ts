import { silentLogger } from "@holdfast/core";
import { defineTool } from "@holdfast/core/tool";
import {
  createFakeClock,
  createGate,
  lastUserText,
  scriptedModel,
  text,
  toolCall,
  toolResultsOfTurn,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, setStage, untilEvent, untilItem } from "./stage.ts";

import type { Tool, ToolContext, ToolDefinition } from "@holdfast/core/tool";
import type { Stage, StageOptions } from "./stage.ts";

/** A tool that does as it is told, whatever its types would allow. */
const tool = (execute: (ctx: ToolContext) => unknown, more: Partial<ToolDefinition<never>> = {}): Tool =>
  defineTool<never, unknown, null>({
    name: "odd",
    description: "Misbehaves.",
    input: z.object({}) as never,
    output: z.unknown(),
    execute: (_input, ctx) => execute(ctx),
    ...(more as object),
  });

/** Calls the tool once a turn, and answers after its result. */
const model = () =>
  scriptedModel((prompt) =>
    toolResultsOfTurn(prompt).length === 0 && lastUserText(prompt) === "Go" ? [toolCall("odd", {})] : [text("I see.")],
  );

const stageOf = (odd: Tool, options: StageOptions = {}): Promise<Stage> =>
  setStage({ model: model(), tools: [odd], ...options });

/** The one outcome of the one call, after which the session is whole and goes on. */
const outcomeOf = async (stage: Stage) => {
  await expectSound(stage.store, stage.sessionId);
  const [settled] = dataOf(await stage.log(), "tool.settled");
  expect(await stage.turn("And?")).toMatchObject({ status: "completed" });
  return settled?.outcome;
};

/** Runs until it is told to stop. */
const obeying = (ctx: ToolContext) =>
  new Promise((_resolve, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error)));

const failing = (message: string) => (): never => {
  throw new Error(message);
};

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

describe("what a tool throws", () => {
  it.each([
    ["undefined", undefined, "undefined"],
    ["null", null, "null"],
    ["a text", "no luck", "no luck"],
    ["a cyclic object", cyclic, "[object Object]"],
    ["a symbol", Symbol("odd"), "Symbol(odd)"],
    ["an error with half an emoji", new RangeError("bad \ud83d"), "bad \ufffd"],
    ["an aborted signal's error of its own", AbortSignal.abort().reason, "This operation was aborted"],
  ])("%s: is a defect of the tool that the model is told of, and the turn goes on", async (_name, thrown, shown) => {
    const thrower = () => {
      throw thrown;
    };
    await using stage = await stageOf(tool(thrower));
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    const outcome = await outcomeOf(stage);
    expect(outcome).toMatchObject({ status: "failed", kind: "defect" });
    expect(outcome?.content).toContain(`The tool "odd" failed unexpectedly: ${shown}`);
  });

  it("a defect is reported to the host's log", async () => {
    const errors: string[] = [];
    const logger = { ...silentLogger, error: (message: string) => void errors.push(message) };
    await using stage = await stageOf(
      tool(() => Promise.reject(new Error("boom"))),
      { logger },
    );
    await stage.turn("Go");
    expect(errors).toEqual(["a tool failed unexpectedly"]);
  });

  it("prepare that throws settles the call as a defect without beginning it", async () => {
    await using stage = await stageOf(tool(() => "ran", { prepare: failing("cannot look") }));
    await stage.turn("Go");
    expect(dataOf(await stage.log(), "tool.begun")).toEqual([]);
    expect(await outcomeOf(stage)).toMatchObject({ status: "failed", kind: "defect" });
  });

  it("present that throws is a defect, after the call had begun", async () => {
    await using stage = await stageOf(tool(() => "ran", { present: failing("cannot show") }));
    await stage.turn("Go");
    expect(dataOf(await stage.log(), "tool.begun")).toHaveLength(1);
    expect(await outcomeOf(stage)).toMatchObject({ status: "failed", kind: "defect" });
  });
});

describe("what a tool returns", () => {
  it.each([
    ["undefined", undefined],
    ["a BigInt", 10n],
    ["a function", () => 1],
    ["a map", new Map([[1, 2]])],
    ["an object with a BigInt in it", { size: 10n }],
  ])("%s: is completed with a text that says that it cannot be shown", async (_name, returned) => {
    await using stage = await stageOf(tool(() => returned));
    await stage.turn("Go");
    expect(await outcomeOf(stage)).toEqual({
      status: "completed",
      content: "The tool's result cannot be shown as text.",
    });
  });

  it.each([
    ["undefined", undefined],
    ["a BigInt", 10n],
    ["a number", 42],
  ])("%s: is no success where the tool's schema wants a text", async (_name, returned) => {
    await using stage = await stageOf(tool(() => returned, { output: z.string() }));
    await stage.turn("Go");
    expect(await outcomeOf(stage)).toMatchObject({ status: "failed", kind: "invalid-output" });
  });

  it("8 million characters are bounded for the model, and are kept whole behind a reference", async () => {
    await using stage = await stageOf(tool(() => `first${"x".repeat(8_000_000)}last`));
    await stage.turn("Go");
    const outcome = await outcomeOf(stage);
    expect(outcome?.content.length).toBeLessThanOrEqual(52_000);
    expect(outcome?.content).toMatch(/^first[\s\S]*last$/);
    const { sessionId, holdfast } = stage;
    const end = await holdfast.outputs.read({ sessionId, ref: outcome?.output ?? "", offset: 8_000_005 });
    expect(end).toMatchObject({ text: "last", size: 8_000_009 });
  });

  it("a text with half an emoji is made whole, and a structured value over 16 KiB is left out beside its text", async () => {
    await using stage = await stageOf(tool(() => "half \ud83d"));
    await stage.turn("Go");
    expect((await outcomeOf(stage))?.content).toBe("half \ufffd");
    await using other = await stageOf(tool(() => ({ list: Array.from({ length: 5_000 }, (_, index) => index) })));
    await other.turn("Go");
    expect(await outcomeOf(other)).not.toHaveProperty("structured");
  });
});

describe("how long a tool takes", () => {
  const deaf = tool(() => new Promise(() => {}));

  it("one that ignores its signal is settled as unknown 5 s after an interruption, and not before", async () => {
    const clock = createFakeClock();
    await using stage = await stageOf(deaf, { clock });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    await sessions.prompt({ sessionId, text: "Go" });
    await untilEvent(stage.holdfast, sessionId, "tool.begun");
    await sessions.interrupt({ sessionId });
    await clock.advance(4_999);
    expect(dataOf(await stage.log(), "tool.settled")).toEqual([]);
    await clock.advance(1);
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
    expect(await outcomeOf(stage)).toMatchObject({ status: "stopped", reason: "unknown-outcome" });
  });

  it("what one returns after it was given up is dropped", async () => {
    const clock = createFakeClock();
    const late = createGate();
    const slow = tool(() => late.opened.then(() => "too late"));
    await using stage = await stageOf(slow, { clock, limits: { graceMs: 100 } });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    await sessions.prompt({ sessionId, text: "Go" });
    await untilEvent(stage.holdfast, sessionId, "tool.begun");
    await sessions.interrupt({ sessionId });
    await clock.advance(100);
    await sessions.wait({ sessionId });
    late.open();
    await clock.advance(1);
    expect(await outcomeOf(stage)).toMatchObject({ reason: "unknown-outcome" });
    expect(dataOf(await stage.log(), "tool.settled")).toHaveLength(1);
  });

  it.each([
    { name: "one that obeys its signal", odd: tool(obeying, { timeoutMs: 1_000 }), afterMs: 1_000, reason: "deadline" },
    {
      name: "one that ignores it",
      odd: tool(() => new Promise(() => {}), { timeoutMs: 1_000 }),
      afterMs: 6_000,
      reason: "unknown-outcome",
    },
    {
      name: "a prepare that hangs",
      odd: tool(() => "ran", { timeoutMs: 1_000, prepare: () => new Promise<null>(() => {}) }),
      afterMs: 1_000,
      reason: "deadline",
    },
    { name: "one without a limit of its own", odd: tool(obeying), afterMs: 600_000, reason: "deadline" },
  ])("a deadline ends $name, and the model goes on", async ({ odd, afterMs, reason }) => {
    const clock = createFakeClock();
    await using stage = await stageOf(odd, { clock });
    const { cursor } = await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
    await untilEvent(stage.holdfast, stage.sessionId, odd.prepare === undefined ? "tool.begun" : "tool.called");
    await clock.advance(afterMs - 1);
    expect(dataOf(await stage.log(), "tool.settled")).toEqual([]);
    await clock.advance(1);
    const outcome = await stage.holdfast.sessions.wait({ sessionId: stage.sessionId, after: cursor });
    expect(outcome).toMatchObject({ status: "completed" });
    expect(await outcomeOf(stage)).toMatchObject({ status: "stopped", reason });
  });

  it("progress is shown live while it runs, and is not stored", async () => {
    const seen = createGate();
    const odd = tool(async (ctx) => {
      ctx.progress({ percent: 50 });
      await seen.opened;
      return "done";
    });
    await using stage = await stageOf(odd);
    const watching = untilItem(
      stage.holdfast,
      stage.sessionId,
      (item) => item.kind === "live" && item.live.type === "tool.progress",
    );
    const turn = stage.turn("Go");
    expect(await watching).toMatchObject({ live: { update: { percent: 50 } } });
    seen.open();
    expect(await turn).toMatchObject({ status: "completed" });
    expect(JSON.stringify(await stage.log())).not.toContain("percent");
  });
});
