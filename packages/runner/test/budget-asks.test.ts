import { defineTool } from "@holdfast/core/tool";
import { createMemoryStore, reset, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { withDetours } from "./faulty-store.ts";
import { dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { Holdfast } from "@holdfast/core";
import type { Script } from "@holdfast/testkit";
import type { Stage, StageOptions } from "./stage.ts";

const echo = defineTool({
  name: "echo",
  description: "Answers.",
  input: z.object({}),
  output: z.string(),
  execute: () => "echoed",
});

/** Three answers of 125 tokens with a call, and then one without. */
const script: Script = (prompt) => (toolResultsOfTurn(prompt).length < 3 ? [toolCall("echo", {})] : [text("Done.")]);

const asking = {
  tools: [echo],
  model: script,
  budget: { tokens: 300 },
  onBudget: "ask",
} as const satisfies StageOptions;

const answer = async (holdfast: Holdfast, sessionId: Stage["sessionId"], reply: "continue" | "stop") => {
  const [ask, ...others] = (await holdfast.asks.list({ sessionId })).asks;
  expect(others).toEqual([]);
  if (ask === undefined) throw new Error("expected an ask, found none");
  const { askId, identity } = ask;
  const { cursor } = await holdfast.asks.answer({ sessionId, askId, identity, answer: { kind: "budget", reply } });
  return { ask, outcome: await holdfast.sessions.wait({ sessionId, after: cursor }) };
};

it("a person is asked where an activity's budget is spent, and grants the same again, as often as it takes", async () => {
  await using stage = await setStage(asking);
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  const before = dataOf(await stage.log(), "attempt.started").length;
  const { ask, outcome } = await answer(stage.holdfast, stage.sessionId, "continue");
  expect(ask).toMatchObject({ shown: { kind: "budget", limit: "tokens", used: 125 * before, allowed: 300 } });
  let status = outcome.status;
  let asks = 1;
  for (; status === "asking" && asks < 5; asks++)
    status = (await answer(stage.holdfast, stage.sessionId, "continue")).outcome.status;
  expect(status).toBe("completed");
  const log = await stage.log();
  expect(dataOf(log, "ask.opened").map(({ shown }) => (shown.kind === "budget" ? shown.allowed : 0))).toEqual(
    Array.from({ length: asks }, (_, index) => 300 * (index + 1)),
  );
  expect(dataOf(log, "attempt.started")).toHaveLength(4);
  await expectSound(stage.store, stage.sessionId);
});

it("stop ends it by the budget, and the next activity is asked about by itself", async () => {
  await using stage = await setStage(asking);
  await stage.turn("Go");
  const { outcome } = await answer(stage.holdfast, stage.sessionId, "stop");
  expect(outcome).toMatchObject({ status: "budget", failure: { class: "token-limit" } });
  // A session of some length whose budget has room for a first request no more is ended without a question.
  expect(await stage.turn("x".repeat(2_000))).toMatchObject({ status: "budget", failure: { class: "token-limit" } });
  expect(dataOf(await stage.log(), "ask.opened")).toHaveLength(1);
});

it("the question outlives its process: whoever answers goes on, and nobody is asked twice", async () => {
  for (const reply of ["continue", "stop"] as const) {
    const store = createMemoryStore();
    await using stage = await setStage({ ...asking, budget: { tokens: 400 }, store: shared(store) });
    const { sessionId } = stage;
    expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
    await stage.holdfast[Symbol.asyncDispose]();
    await using next = await openRuntime(shared(store), { ...asking, budget: { tokens: 400 } });
    expect(await next.sessions.recovery({ sessionId })).toMatchObject({ status: "asking" });
    const { outcome } = await answer(next, sessionId, reply);
    expect(outcome.status).toBe(reply === "stop" ? "budget" : "completed");
    expect(dataOf(await logOf(next, sessionId), "ask.opened")).toHaveLength(1);
    await expectSound(store, sessionId);
  }
});

it("a prompt that dismisses the question brings an allowance of its own", async () => {
  await using stage = await setStage({
    ...asking,
    budget: { tokens: 500 },
    model: (_prompt, index) => (index < 3 ? [toolCall("echo", {})] : [text("Done.")]),
  });
  const { sessionId, holdfast } = stage;
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Never mind", dismissAsks: true });
  expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  const log = await stage.log();
  expect(dataOf(log, "ask.expired")).toMatchObject([{ reason: "dismissed" }]);
  expect(dataOf(log, "execution.started")).toHaveLength(1);
});

it("an interruption ends the question and the session's work", async () => {
  await using stage = await setStage(asking);
  const { sessionId, holdfast } = stage;
  await stage.turn("Go");
  await holdfast.sessions.interrupt({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
  expect((await holdfast.asks.list({ sessionId })).asks).toEqual([]);
  await expectSound(stage.store, sessionId);
});

it("where nobody can be asked, the budget ends the activity", async () => {
  await using stage = await setStage({ ...asking, asks: { policy: "deny" } });
  expect(await stage.turn("Go")).toMatchObject({ status: "budget", failure: { class: "token-limit" } });
});

it("a retry is asked about too, and made after the answer", async () => {
  await using stage = await setStage({
    model: [[text("y".repeat(2_000), { open: true }), reset()], [text("And the rest.")]],
    retries: { limit: 4, firstMs: 1 },
    budget: { tokens: 600 },
    onBudget: "ask",
  });
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  const { outcome } = await answer(stage.holdfast, stage.sessionId, "continue");
  expect(outcome).toMatchObject({ status: "completed" });
  expect(dataOf(await stage.log(), "attempt.started")).toHaveLength(2);
  await expectSound(stage.store, stage.sessionId);
});

it("while nobody answers, the claim is given up after the time of rest; the answer takes it up again", async () => {
  await using stage = await setStage({ ...asking, budget: { tokens: 400 }, asks: { restMs: 1 } });
  const { sessionId, holdfast, store } = stage;
  await stage.turn("Go");
  await expect.poll(async () => (await store.snapshot(sessionId))?.claim?.owner).toBeNull();
  expect(await holdfast.sessions.recovery({ sessionId })).toMatchObject({ status: "asking" });
  const { outcome } = await answer(holdfast, sessionId, "continue");
  expect(outcome).toMatchObject({ status: "completed" });
  expect(dataOf(await stage.log(), "execution.recovered")).toHaveLength(1);
});

it("an answer that its owner never heard is not lost: whoever gave it takes over when that owner is gone", async () => {
  const store = createMemoryStore();
  const deaf = withDetours(shared(store), { watch: () => ({ [Symbol.dispose]: () => {} }) });
  const options = { ...asking, budget: { tokens: 400 } };
  await using stage = await setStage({ ...options, store: deaf });
  const { sessionId } = stage;
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  await using second = await openRuntime(shared(store), options);
  const [ask] = (await second.asks.list({ sessionId })).asks;
  const { askId, identity } = ask ?? { askId: "", identity: "" };
  const reply = { kind: "budget", reply: "continue" } as const;
  const { cursor } = await second.asks.answer({ sessionId, askId, identity, answer: reply });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await stage.holdfast[Symbol.asyncDispose]();
  expect(await second.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
});

it("what was granted counts however many other asks were answered in between", async () => {
  const nosy = defineTool({
    name: "nosy",
    description: "Asks for a lot.",
    input: z.object({}),
    output: z.string(),
    prepare: async (_input, { permission }) => {
      const resources = Array.from({ length: 205 }, (_, index) => `r${index}`);
      await Promise.all(resources.map((resource) => permission.assert({ action: "act", resources: [resource] })));
      return {};
    },
    execute: () => "x".repeat(4_000),
  });
  await using stage = await setStage({
    tools: [nosy],
    rules: [
      { action: "*", resource: "*", effect: "allow" },
      { action: "act", resource: "*", effect: "ask" },
    ],
    model: [[toolCall("nosy", {})], [text("Done.")]],
    budget: { tokens: 1_000 },
    onBudget: "ask",
  });
  const { sessionId, holdfast } = stage;
  await stage.turn("Go");
  const waits = async () => (await stage.store.snapshot(sessionId))?.asks ?? [];
  await expect.poll(async () => (await waits()).length).toBe(205);
  for (const { askId, identity } of await waits())
    await holdfast.asks.answer({ sessionId, askId, identity, answer: { kind: "permission", reply: "once" } });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "asking" });
  const { outcome } = await answer(holdfast, sessionId, "continue");
  expect(outcome).toMatchObject({ status: "completed" });
});
