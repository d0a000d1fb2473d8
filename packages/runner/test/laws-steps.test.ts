import { defineTool } from "@holdfast/core/tool";
import {
  createFakeClock,
  createGate,
  createMemoryStore,
  lastUserText,
  reset,
  scriptedModel,
  text,
  toolCall,
  toolResultsOfTurn,
} from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { holds, passing, withDetours } from "./faulty-store.ts";
import { keepLogs } from "./keep-logs.ts";
import { dataOf, setStage, shared } from "./stage.ts";
import { whileTimePasses } from "./while-time-passes.ts";

import type { Store } from "@holdfast/core/store";
import type { Script } from "@holdfast/testkit";

// Laws, "Attempts and steps", as far as charges.test.ts, retries.test.ts, model-calls.test.ts and tools-that-misbehave.test.ts do not show them.

const oneCall: Script = (prompt) => (toolResultsOfTurn(prompt).length > 0 ? [text("Done.")] : [toolCall("act", {})]);
const onGo: Script = (prompt) => (lastUserText(prompt) === "Go" ? [toolCall("act", {})] : [text("Done.")]);
const shape = { name: "act", description: "Acts.", input: z.object({}), output: z.string() };

/** The types of each commit that was made. */
const keepCommits = (memory: Store) => {
  const commits: (readonly string[])[] = [];
  const store = withDetours(shared(memory), {
    commit: async (plan) => {
      const result = await memory.commit(plan);
      commits.push(plan.events.map(({ type }) => type));
      return result;
    },
  });
  return { commits, store };
};

it("a promotion, the start of its step and the step's first attempt share one commit, and in the first step the execution's start", async () => {
  const { commits, store } = keepCommits(createMemoryStore());
  let steered: Promise<unknown> | undefined;
  const act = defineTool({
    ...shape,
    execute: async (_input, { sessionId }) => {
      steered = stage.holdfast.sessions.prompt({ sessionId, text: "And this" });
      await steered;
      return "acted";
    },
  });
  const stage = await setStage({ store, tools: [act], model: onGo });
  await using _stage = stage;
  expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  await steered;
  const starts = commits.filter((types) => types.includes("step.started"));
  const start = ["input.promoted", "step.started", "attempt.started"];
  expect(starts).toEqual([["execution.started", ...start], expect.arrayContaining(start)]);
  expect(commits.flat().filter((type) => type === "attempt.started")).toHaveLength(2);
});

it("the last step's end is committed with its execution's; where an input came meanwhile, with the step that promotes it", async () => {
  const memory = createMemoryStore();
  const { commits, store: kept } = keepCommits(memory);
  let isLate = false;
  const store = withDetours(kept, {
    commit: async (plan) => {
      if (!isLate && holds("execution.ended")(plan)) {
        isLate = true;
        await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Late" });
      }
      return kept.commit(plan);
    },
  });
  const stage = await setStage({ store, model: () => [text("Done.")] });
  await using _stage = stage;
  expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  const ends = commits.filter((types) => types.includes("step.ended"));
  expect(ends).toEqual([
    expect.arrayContaining(["step.ended", "input.promoted", "step.started"]),
    expect.arrayContaining(["step.ended", "execution.ended"]),
  ]);
  expect(ends[0]).not.toContain("execution.ended");
  await expectSound(memory, stage.sessionId);
});

it("blocks and calls carry their position in the message, in the order in which the model made them", async () => {
  const act = defineTool({ ...shape, execute: () => "acted" });
  await using stage = await setStage({
    tools: [act],
    model: (prompt) =>
      toolResultsOfTurn(prompt).length > 0
        ? [text("Done.")]
        : [text("First"), toolCall("act", {}), text("then"), toolCall("act", {})],
  });
  await stage.turn("Go");
  const log = await stage.log();
  const [first] = dataOf(log, "attempt.started");
  const placed = [...dataOf(log, "text.ended"), ...dataOf(log, "tool.called")]
    .filter(({ messageId }) => messageId === first?.messageId)
    .map((part) => [part.position, "text" in part ? part.text : part.name] as const);
  expect(placed.toSorted(([left], [right]) => left - right)).toEqual([
    [0, "First"],
    [1, "act"],
    [2, "then"],
    [3, "act"],
  ]);
});

it("a text that is cut in mid-emoji is kept, and sealed well-formed", async () => {
  await using stage = await setStage({ model: [[text("Half \ud83d", { open: true }), reset()]] });
  expect(await stage.turn("Go")).toMatchObject({ status: "failed" });
  expect(dataOf(await stage.log(), "text.ended")).toMatchObject([{ text: "Half \ufffd", cut: true }]);
  await expectSound(stage.store, stage.sessionId);
});

it("a settlement that the store does not take is tried again while the claim holds; then the work stops, is reported once, and recovery takes it for a crash", async () => {
  const memory = createMemoryStore();
  const clock = createFakeClock();
  const refused = createGate();
  const logs = keepLogs();
  let isFull = false;
  let tries = 0;
  let effects = 0;
  const store = withDetours(shared(memory), {
    commit: async (plan) => {
      if (!isFull) return memory.commit(plan);
      if (holds("tool.settled")(plan) && ++tries === 3) refused.open();
      throw passing("store.full");
    },
    renew: async (record) => {
      if (isFull) throw passing("store.full");
      return memory.renew(record);
    },
  });
  const act = defineTool({
    ...shape,
    execute: () => {
      isFull = true;
      return `effect ${++effects}`;
    },
  });
  const model = scriptedModel(oneCall);
  await using stage = await setStage({ store, clock, tools: [act], model, logger: logs.logger });
  const { sessions } = stage.holdfast;
  const { sessionId } = stage;
  await sessions.prompt({ sessionId, text: "Go" });
  await whileTimePasses(clock, refused.opened, 100);
  await whileTimePasses(clock, logs.says("another process may own a session now"), 100);
  isFull = false;
  const rested = sessions.wait({ sessionId });
  expect(await whileTimePasses(clock, rested, 100)).toMatchObject({ status: "completed" });
  expect(effects).toBe(1);
  const log = await stage.log();
  expect(dataOf(log, "execution.recovered")).toMatchObject([{ calls: [{ state: "begun", verdict: "unknown" }] }]);
  expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { reason: "unknown-outcome" } }]);
  expect(logs.lines.filter((line) => line.includes("does not take what a session has to say"))).toHaveLength(1);
  await expectSound(memory, sessionId);
});
