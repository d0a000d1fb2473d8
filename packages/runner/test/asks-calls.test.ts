import { definePlugin } from "@holdfast/core/plugin";
import { ToolFailure } from "@holdfast/core/tool";
import { createGate, createMemoryStore } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { acting, actingOn, answer, askToAct, openAsks } from "./asking.ts";
import { expectSound } from "./expect-sound.ts";
import { holds, withDetours } from "./faulty-store.ts";
import { dataOf, setStage, untilEvent } from "./stage.ts";

import type { Holdfast } from "@holdfast/core";
import type { CommitPlan, CommitResult } from "@holdfast/core/store";
import type { PrepareContext } from "@holdfast/core/tool";

it("all calls of a step may wait for a person at once; none of them holds a place, and their deadlines do not run", async () => {
  const ran: string[] = [];
  const targets = Array.from({ length: 12 }, (_, index) => `t${index}`);
  const tool = acting(ran, {
    prepare: async (target, { permission }) =>
      permission.assert({ action: target === "t11" ? "free" : "act", resources: [target] }),
    timeoutMs: 100,
  });
  const limits = { concurrentCalls: 2 };
  await using stage = await setStage({ rules: askToAct, model: actingOn(...targets), tools: [tool], limits });
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  expect(ran).toEqual(["t11"]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const open = await openAsks(stage.holdfast, stage.sessionId);
  expect(open).toHaveLength(11);
  for (const ask of open) await answer(stage.holdfast, ask);
  expect(await stage.holdfast.sessions.wait({ sessionId: stage.sessionId })).toMatchObject({ status: "completed" });
  expect(ran.toSorted()).toEqual(targets.toSorted());
  await expectSound(stage.store, stage.sessionId);
});

it.each([
  [
    "does not wait for the answer",
    async (on: string, { permission }: PrepareContext) => void permission.assert({ action: "act", resources: [on] }),
  ],
  [
    "asserts the same twice, at once",
    async (on: string, { permission }: PrepareContext) => {
      const assertion = { action: "act", resources: [on] };
      await Promise.all([permission.assert(assertion), permission.assert(assertion)]);
    },
  ],
  ["asserts nothing, and has a prepare", async () => {}],
])("a tool that %s is asked for once, and runs after the answer", async (_name, prepare) => {
  const ran: string[] = [];
  await using stage = await setStage({ rules: askToAct, model: actingOn("a"), tools: [acting(ran, { prepare })] });
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  expect(ran).toEqual([]);
  const open = await openAsks(stage.holdfast, stage.sessionId);
  expect(open).toHaveLength(1);
  await answer(stage.holdfast, open[0]);
  expect(await stage.holdfast.sessions.wait({ sessionId: stage.sessionId })).toMatchObject({ status: "completed" });
  expect(ran).toEqual(["a"]);
  expect(dataOf(await stage.log(), "ask.opened")).toHaveLength(1);
});

it("a tool that fails while it still asks settles, and its ask is over with it", async () => {
  const prepare = async (on: string, { permission }: PrepareContext) => {
    void permission.assert({ action: "act", resources: [on] });
    await asked.opened;
    throw new ToolFailure("I changed my mind.");
  };
  const asked = createGate();
  await using stage = await setStage({ rules: askToAct, model: actingOn("a"), tools: [acting([], { prepare })] });
  const { sessionId, holdfast } = stage;
  const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
  await expect.poll(async () => (await openAsks(holdfast, sessionId)).length).toBe(1);
  asked.open();
  expect(await holdfast.sessions.wait({ sessionId, after: cursor }).then(() => stage.turn("And?"))).toMatchObject({
    status: "completed",
  });
  const log = await stage.log();
  expect(dataOf(log, "ask.expired")).toMatchObject([{ reason: "settled" }]);
  expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { content: "I changed my mind." } }]);
  await expectSound(stage.store, sessionId);
});

it("a tool that fails while its ask is on its way to the log settles like any other", async () => {
  const memory = createMemoryStore();
  const commit = async (plan: CommitPlan): Promise<CommitResult> => {
    if (holds("ask.opened")(plan)) await onItsWay.opened;
    return memory.commit(plan);
  };
  const onItsWay = createGate();
  const prepare = async (on: string, { permission }: PrepareContext) => {
    void permission.assert({ action: "act", resources: [on] });
    setTimeout(() => onItsWay.open(), 20);
    throw new ToolFailure("I changed my mind.");
  };
  const store = withDetours(memory, { commit });
  await using stage = await setStage({
    store,
    rules: askToAct,
    model: actingOn("a"),
    tools: [acting([], { prepare })],
  });
  const { sessionId, holdfast } = stage;
  await holdfast.sessions.prompt({ sessionId, text: "Go" });
  await untilEvent(holdfast, sessionId, "execution.ended");
  const log = await stage.log();
  expect(dataOf(log, "ask.expired")).toMatchObject([{ reason: "settled" }]);
  expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { content: "I changed my mind." } }]);
  expect(dataOf(log, "execution.recovered")).toEqual([]);
  await expectSound(memory, sessionId);
});

it("an approval that is taken back before the call begins is of no use to it: a person is asked", async () => {
  const ran: string[] = [];
  const host: { holdfast?: Holdfast; project?: string } = {};
  const prepare = async (on: string, { permission }: PrepareContext) => {
    await permission.assert({ action: "act", resources: [on], always: ["*"] });
    if (ran.length === 0) return;
    await host.holdfast?.asks.revoke({ project: host.project ?? "", action: "act", resource: "*" });
  };
  await using stage = await setStage({ rules: askToAct, model: actingOn("a"), tools: [acting(ran, { prepare })] });
  const { sessionId, holdfast } = stage;
  host.holdfast = holdfast;
  host.project = (await holdfast.sessions.get({ sessionId }))?.project ?? "";
  await stage.turn("Go");
  await answer(holdfast, (await openAsks(holdfast, sessionId))[0], { kind: "permission", reply: "always" });
  await holdfast.sessions.wait({ sessionId });
  expect(ran).toEqual(["a"]);
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  expect(ran).toEqual(["a"]);
  expect(await openAsks(holdfast, sessionId)).toHaveLength(1);
});

it("where a plugin wants a person to be asked, one is, whatever was approved", async () => {
  const ran: string[] = [];
  const guard = definePlugin({
    name: "guard",
    setup: ({ hooks }) => hooks.toolCallAuthorizing.tapPromise(async (call) => ({ ...call, effect: "ask" })),
  });
  await using stage = await setStage({ model: actingOn("a"), tools: [acting(ran)], plugins: [guard] });
  const { sessionId, holdfast } = stage;
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  const [ask] = await openAsks(holdfast, sessionId);
  expect(ask?.shown).toMatchObject({ action: "act", resources: ["*"], always: [] });
  const refused = answer(holdfast, ask, { kind: "permission", reply: "always" });
  await expect(refused).rejects.toMatchObject({ code: "ask.mismatch" });
  await answer(holdfast, ask);
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  expect(ran).toEqual(["a"]);
});

it("an approval that is taken back while a plugin has a person asked is of no use to the call", async () => {
  const ran: string[] = [];
  const guard = definePlugin({
    name: "guard",
    setup: ({ hooks }) => hooks.toolCallAuthorizing.tapPromise(async (call) => ({ ...call, effect: "ask" })),
  });
  await using stage = await setStage({
    rules: askToAct,
    model: actingOn("a"),
    tools: [acting(ran)],
    plugins: [guard],
  });
  const { sessionId, holdfast } = stage;
  const answerNext = async (reply: "once" | "always") => {
    const [ask] = await openAsks(holdfast, sessionId);
    await answer(holdfast, ask, { kind: "permission", reply });
    return holdfast.sessions.wait({ sessionId });
  };
  await stage.turn("Go");
  await answerNext("always");
  expect(await answerNext("once")).toMatchObject({ status: "completed" });
  await stage.turn("Go");
  const [approval] = await holdfast.asks.approvals({ sessionId });
  expect(await holdfast.asks.revoke({ project: approval?.project ?? "", action: "act", resource: "a" })).toBe(true);
  expect(await answerNext("once")).toMatchObject({ status: "asking" });
  expect((await openAsks(holdfast, sessionId))[0]?.shown).toMatchObject({ action: "act", resources: ["a"] });
  expect(ran).toEqual(["a"]);
  expect(await answerNext("once")).toMatchObject({ status: "completed" });
  expect(ran).toEqual(["a", "a"]);
});

it("what could not be shown to a person is refused, and nobody is asked", async () => {
  const tool = acting([], {
    prepare: async (on, { permission }) =>
      permission.assert({ action: "act", resources: [on], preview: "x".repeat(300_000) }),
  });
  await using stage = await setStage({ rules: askToAct, model: actingOn("a"), tools: [tool] });
  expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  const log = await stage.log();
  expect(dataOf(log, "ask.opened")).toEqual([]);
  expect(dataOf(log, "tool.settled")[0]?.outcome.content).toContain("too large to be shown");
});

it("a policy of asks decides by what would be shown, and one that throws refuses", async () => {
  const tool = acting([], {
    prepare: async (on, { ask, permission }) => {
      if (on === "q") await ask({ questions: [{ question: "Really?" }] });
      await permission.assert({ action: "act", resources: [on] });
    },
  });
  await using stage = await setStage({
    rules: askToAct,
    model: actingOn("q", "p"),
    tools: [tool],
    asks: {
      policy: ({ kind }) => {
        if (kind === "question") throw new Error("no idea");
        return "wait";
      },
    },
  });
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  const log = await stage.log();
  expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { reason: "denied-by-policy" } }]);
  expect(dataOf(log, "ask.opened")).toMatchObject([{ shown: { kind: "permission", resources: ["p"] } }]);
});

it.each<[string, readonly string[]]>([
  ["is half of an emoji", ["\ud800"]],
  ["is larger than an event may be", Array.from({ length: 30 }, () => "x".repeat(10_000))],
])("an answer that %s is refused, and the ask stays open", async (_what, said) => {
  const questions = [{ question: "Which?", multiple: true }];
  const tool = acting([], { prepare: async (_on, context) => void (await context.ask({ questions })) });
  await using stage = await setStage({ model: actingOn("a"), tools: [tool] });
  await stage.turn("Go");
  const [ask] = await openAsks(stage.holdfast, stage.sessionId);
  const refused = answer(stage.holdfast, ask, { kind: "question", answers: [[...said]] });
  await expect(refused).rejects.toMatchObject({ code: "argument.invalid" });
  expect(await openAsks(stage.holdfast, stage.sessionId)).toHaveLength(1);
});
