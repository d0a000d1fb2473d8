import { defineTool } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createMemoryStore, finish, reset, scriptedModel, scriptedUsage, text, toolCall } from "@holdfast/testkit";
import { createRuntime } from "@holdfast/runner";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { startProcess } from "./start-process.ts";
import { allowAll, dataOf, logOf, makeFolder, openRuntime, setStage, shared } from "./stage.ts";

import type { Script } from "@holdfast/testkit";

const echo = defineTool({
  name: "echo",
  description: "Answers.",
  input: z.object({}),
  output: z.string(),
  execute: () => "echoed",
});

// Each answer takes 125 tokens, as its provider says.
const forever: Script = (_prompt, index) => [text(`Step ${index}.`), toolCall("echo", {})];

describe("a budget of tokens", () => {
  it("ends an activity before the request that does not fit: by what was used, and what the next one is estimated to take", async () => {
    await using stage = await setStage({ tools: [echo], model: forever, budget: { tokens: 600 } });
    const outcome = await stage.turn("Go");
    expect(outcome).toMatchObject({ status: "budget", failure: { class: "token-limit" } });
    const log = await stage.log();
    const made = dataOf(log, "attempt.started");
    const used = 125 * made.length;
    expect(made).toHaveLength(3);
    expect(outcome.failure?.message).toMatch(
      new RegExp(`it used ${used} tokens of 600, and the next request takes about \\d+`),
    );
    expect(dataOf(log, "step.ended")).toHaveLength(3);
    expect(dataOf(log, "tool.settled").map(({ outcome: { status } }) => status)).toEqual(Array(3).fill("completed"));
    expect((await stage.holdfast.sessions.get({ sessionId: stage.sessionId }))?.usage.activity.tokens).toBe(used);
    await expectSound(stage.store, stage.sessionId);
  });

  it("is whole again with a steer in mid-activity, and with the next prompt", async () => {
    let calls = 0;
    const steering = defineTool({
      ...echo,
      execute: async () => {
        calls += 1;
        if (calls === 2) await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "And this." });
        return "echoed";
      },
    });
    const usage = { ...scriptedUsage, outputTokens: { total: 500, text: 500, reasoning: 0 } };
    const model: Script = () => [toolCall("echo", {}), finish("tool-calls", usage)];
    await using stage = await setStage({ tools: [steering], model, budget: { tokens: 2_000 } });
    for (const activities of [2, 1]) {
      const before = (await stage.log()).length;
      expect(await stage.turn("Go")).toMatchObject({ status: "budget", failure: { class: "token-limit" } });
      const steps = dataOf((await stage.log()).slice(before), "step.started").map(({ index }) => index);
      expect(steps.filter((index) => index === 1)).toHaveLength(activities);
      // Each of them has more than one, so that neither was left with what the one before had used.
      expect(steps.filter((index) => index === 2)).toHaveLength(activities);
    }
  });

  it("with no room for a first request, keeps the input in the inbox; a runtime that allows more answers it", async () => {
    await using folder = await makeFolder();
    const store = createMemoryStore();
    await using mean = await openRuntime(shared(store), { model: [], budget: { tokens: 100 } });
    const { id: sessionId } = await mean.sessions.create({ location: { directory: folder.path } });
    const { cursor } = await mean.sessions.prompt({ sessionId, text: "x".repeat(1_000) });
    expect(await mean.sessions.wait({ sessionId, after: cursor })).toMatchObject({
      status: "budget",
      failure: { class: "token-limit" },
    });
    expect(await mean.sessions.inputs({ sessionId })).toHaveLength(1);
    expect(dataOf(await logOf(mean, sessionId), "step.started")).toEqual([]);
    await using kind = await openRuntime(shared(store), { model: [[text("Done.")]] });
    expect(await kind.sessions.resume({ sessionId })).toEqual({ status: "started" });
    expect(await kind.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  });

  it("does not cut an answer off that it had room for, and ends as completed where there is nothing more to ask", async () => {
    const usage = { ...scriptedUsage, outputTokens: { total: 5_000, text: 5_000, reasoning: 0 } };
    await using stage = await setStage({ model: [[text("Long."), finish("stop", usage)]], budget: { tokens: 200 } });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  });

  it("is looked at before a retry too, which then is not made: the step fails by it", async () => {
    await using stage = await setStage({
      model: [[text("y".repeat(2_000), { open: true }), reset()], [text("unused")]],
      retries: { limit: 4, firstMs: 1 },
      budget: { tokens: 400 },
    });
    expect(await stage.turn("Go")).toMatchObject({ status: "budget", failure: { class: "token-limit" } });
    const log = await stage.log();
    expect(dataOf(log, "attempt.started")).toHaveLength(1);
    expect(dataOf(log, "attempt.ended")).toMatchObject([{ status: "error", estimated: true, usage: { output: 500 } }]);
    expect(dataOf(log, "step.failed")).toMatchObject([{ failure: { class: "token-limit" } }]);
    await expectSound(stage.store, stage.sessionId);
  });
});

describe("a budget of cost", () => {
  it("counts each attempt at its model's price, with reads and writes of the cache at theirs", async () => {
    await using folder = await makeFolder();
    const usage = {
      inputTokens: { total: 1_000, noCache: 100, cacheRead: 600, cacheWrite: 300 },
      outputTokens: { total: 50, text: 50, reasoning: 0 },
    };
    await using holdfast = await createRuntime({
      store: createMemoryStore(),
      rules: allowAll,
      budget: { cost: 0.01 },
      model: () => ({
        model: scriptedModel(() => [toolCall("absent", {}), finish("tool-calls", usage)]),
        price: { input: 10, output: 20, cacheRead: 1, cacheWrite: 12.5 },
      }),
    });
    const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
    await holdfast.sessions.prompt({ sessionId, text: "Go" });
    const outcome = await holdfast.sessions.wait({ sessionId });
    // (100 × 10 + 600 × 1 + 300 × 12.5 + 50 × 20) / 1,000,000
    expect(outcome).toMatchObject({ status: "budget", failure: { class: "cost-limit" } });
    expect(outcome.failure?.message).toContain("it cost 0.0127 of 0.01,");
    const { usage: said } = (await holdfast.sessions.get({ sessionId })) ?? {};
    expect(said?.cost).toBeCloseTo(2 * 0.00635);
    expect(said).toMatchObject({
      inputTokens: 2_000,
      outputTokens: 100,
      activity: { tokens: 2_100, cost: said?.cost },
    });
  });

  it("does not bind a model without a price", async () => {
    await using stage = await setStage({
      tools: [echo],
      budget: { cost: 1e-9 },
      model: [[toolCall("echo", {})], [text("Done.")]],
    });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  });
});

describe("a budget of steps", () => {
  it.each([
    ["the runtime's", { budget: { steps: 2 } }],
    ["its agent's", { agents: { default: { budget: { steps: 2 } } } }],
    ["the tightest of three", { budget: { steps: 4 }, agents: { default: { steps: 3, budget: { steps: 2 } } } }],
  ])("binds as an agent's step limit does, where it is %s: the last step must answer", async (_name, options) => {
    const model = scriptedModel(forever);
    await using stage = await setStage({ tools: [echo], model, ...options });
    const outcome = await stage.turn("Go");
    expect(outcome).toMatchObject({ status: "budget", failure: { class: "step-limit" } });
    expect(outcome.failure?.message).toContain("it used 2 steps of 2");
    expect(model.requests.map(({ toolChoice }) => toolChoice?.type)).toEqual(["auto", "none"]);
    // A model that calls all the same is told that a limit was reached.
    expect(dataOf(await stage.log(), "tool.settled").at(-1)?.outcome).toMatchObject({
      status: "stopped",
      reason: "budget",
    });
  });
});

it("an attempt that was killed with its process counts in the budget of whoever goes on, by its estimate", async () => {
  await using folder = await makeFolder();
  const path = `${folder.path}/sessions.db`;
  const before = await openRuntime(await openSqliteStore({ path }), { model: [[text("Hello.")]] });
  const { id: sessionId } = await before.sessions.create({ location: { directory: folder.path } });
  await before.sessions.prompt({ sessionId, text: "x".repeat(4_000) });
  await before.sessions.wait({ sessionId });
  await before[Symbol.asyncDispose]();
  await using killed = await startProcess("owner", [path, sessionId]);
  await killed.tell("work");
  await killed.kill();
  // One request of a thousand tokens fits, and two do not.
  const model = scriptedModel([[text("Done.")]]);
  await using mean = await openRuntime(await openSqliteStore({ path }), { model, budget: { tokens: 1_900 } });
  expect(await mean.sessions.recovery({ sessionId })).toMatchObject({ status: "parked" });
  await mean.sessions.resume({ sessionId });
  const outcome = await mean.sessions.wait({ sessionId });
  expect(outcome).toMatchObject({ status: "budget", failure: { class: "token-limit" } });
  expect(model.calls).toBe(0);
  const log = await logOf(mean, sessionId);
  const estimate = dataOf(log, "attempt.started").at(-1)?.estimate?.input;
  expect(estimate).toBeGreaterThan(1_000);
  expect(outcome.failure?.message).toContain(`it used ${estimate} tokens of 1900`);
  expect((await mean.sessions.get({ sessionId }))?.usage.activity.tokens).toBe(estimate);
  expect(dataOf(log, "step.failed")).toMatchObject([{ failure: { class: "token-limit" } }]);
  // The next prompt has an allowance of its own.
  const { cursor } = await mean.sessions.prompt({ sessionId, text: "Go on" });
  expect(await mean.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
});
