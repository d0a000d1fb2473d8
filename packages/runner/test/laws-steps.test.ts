import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
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
import { allowAll, dataOf, makeFolder, setStage, shared } from "./stage.ts";
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

it("the outcome of a step's last call is committed with the start of the step that shows it, and each one before it alone", async () => {
  const memory = createMemoryStore();
  const { commits, store } = keepCommits(memory);
  const act = defineTool({
    ...shape,
    input: z.object({ turns: z.int() }),
    execute: async ({ turns }) => {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      return `after ${turns}`;
    },
  });
  const results: unknown[] = [];
  const calls = [1, 10].map((turns) => toolCall("act", { turns }));
  const stage = await setStage({
    store,
    tools: [act],
    model: (prompt) => {
      results.push(...toolResultsOfTurn(prompt).map(({ output }) => output));
      return results.length > 0 ? [text("Done.")] : calls;
    },
  });
  await using _stage = stage;
  expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  expect(commits.filter((types) => types.includes("tool.settled"))).toEqual([
    ["tool.settled"],
    ["tool.settled", "step.ended", "step.started", "attempt.started"],
  ]);
  expect(results).toEqual([1, 10].map((turns) => ({ type: "text", value: `after ${turns}` })));
  await expectSound(memory, stage.sessionId);
});

it("an outcome waits for nothing: where the start of the next step takes its time, it is durable before, and shown all the same", async () => {
  const memory = createMemoryStore();
  const { commits, store } = keepCommits(memory);
  const [asked, gate] = [createGate(), createGate()];
  const results: unknown[] = [];
  const model = scriptedModel((prompt) => {
    const shown = toolResultsOfTurn(prompt).map(({ output }) => output);
    results.push(...shown);
    return shown.length > 0 ? [text("Done.")] : [toolCall("act", {})];
  });
  let isSlow = false;
  const act = defineTool({
    ...shape,
    execute: async (_input, { sessionId }) => {
      await holdfast.sessions.update({ sessionId, model: { id: "other" } });
      isSlow = true;
      return "acted";
    },
  });
  const holdfast = await createRuntime({
    store,
    rules: allowAll,
    plugins: [definePlugin({ name: "act", setup: ({ tools }) => void tools.register(act) })],
    model: async () => {
      if (isSlow) {
        asked.open();
        await gate.opened;
      }
      return { model };
    },
  });
  await using _holdfast = holdfast;
  await using folder = await makeFolder();
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
  await holdfast.sessions.prompt({ sessionId, text: "Go" });
  await asked.opened;
  await expect.poll(() => commits.flat()).toContain("tool.settled");
  expect(commits.flat().filter((type) => type === "step.started")).toHaveLength(1);
  gate.open();
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  expect(results).toEqual([{ type: "text", value: "acted" }]);
  await expectSound(memory, sessionId);
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
