import { eventIdSchema } from "@holdfast/core";
import { createMemoryStore } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { acting, actingOn, answer, askToAct, openAsks } from "./asking.ts";
import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { AskInfo } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

const model = actingOn("a");

/** A runtime that opened an ask and rests with it, and another one on the same store. */
const setTwo = async (
  store: Store,
  first: Parameters<typeof setStage>[0],
  second: Parameters<typeof openRuntime>[1],
) => {
  const ran: { readonly first: string[]; readonly second: string[] } = { first: [], second: [] };
  const common = { rules: askToAct, model };
  const stage = await setStage({ ...common, store: shared(store), tools: [acting(ran.first)], ...first });
  const other = await openRuntime(shared(store), { ...common, tools: [acting(ran.second)], ...second });
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  return {
    stage,
    other,
    ran,
    sessionId: stage.sessionId,
    [Symbol.asyncDispose]: async () => {
      await other[Symbol.asyncDispose]();
      await stage[Symbol.asyncDispose]();
    },
  };
};

const untilGivenUp = (store: Store, sessionId: Parameters<Store["snapshot"]>[0]) =>
  expect.poll(async () => (await store.snapshot(sessionId))?.claim?.owner, { timeout: 5_000 }).toBeNull();

/** What a process writes that dies before it can claim. */
const answerAndDie = (store: Store, { sessionId, askId, identity }: AskInfo) => {
  const data = { askId, identity, answer: { kind: "permission", reply: "once" } } as const;
  const id = eventIdSchema.parse("evt_answer");
  return store.commit({ sessionId, events: [{ id, type: "ask.answered", version: 1, time: 1, data }] });
};

it("a session that has asked for long gives its claim up without an event, and goes on in whatever process answers, as no recovery", async () => {
  const store = createMemoryStore();
  await using two = await setTwo(store, { asks: { restMs: 10 } }, {});
  const { stage, other, ran, sessionId } = two;
  const before = await stage.log();
  await untilGivenUp(store, sessionId);
  expect(await stage.log()).toEqual(before);
  expect(await other.sessions.recovery({ sessionId })).toMatchObject({ status: "asking", asks: [{ state: "open" }] });
  const { cursor } = await answer(other, (await openAsks(other, sessionId))[0]);
  expect(await other.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  expect(ran).toEqual({ first: [], second: ["a"] });
  const log = await logOf(other, sessionId);
  expect(dataOf(log, "execution.recovered")).toMatchObject([{ recovery: 0, calls: [{ name: "act", verdict: "run" }] }]);
  expect(dataOf(log, "ask.opened")).toHaveLength(1);
  expect(dataOf(log, "execution.started")).toHaveLength(1);
  await expectSound(store, sessionId);
});

it("while its owner waits, an answer of another process is heard by the owner, which goes on", async () => {
  const store = createMemoryStore();
  await using two = await setTwo(store, {}, {});
  const { stage, other, ran, sessionId } = two;
  const { cursor } = await answer(other, (await openAsks(other, sessionId))[0]);
  expect(await other.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  expect(ran).toEqual({ first: ["a"], second: [] });
  expect(dataOf(await stage.log(), "execution.recovered")).toEqual([]);
});

it("a runtime that is disposed of while it asks waits for nobody, and leaves the ask to whoever answers", async () => {
  const store = createMemoryStore();
  await using two = await setTwo(store, {}, {});
  const { stage, other, ran, sessionId } = two;
  const startedAt = performance.now();
  await stage.holdfast[Symbol.asyncDispose]();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  const [ask] = await openAsks(other, sessionId);
  expect(ask).toMatchObject({ state: "open" });
  const { cursor } = await answer(other, ask);
  expect(await other.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  expect(ran.second).toEqual(["a"]);
});

it("the runtime that rested with an ask goes on by itself when its own user answers later", async () => {
  const store = createMemoryStore();
  await using two = await setTwo(store, { asks: { restMs: 0 } }, {});
  const { stage, ran, sessionId } = two;
  await untilGivenUp(store, sessionId);
  const { cursor } = await answer(stage.holdfast, (await openAsks(stage.holdfast, sessionId))[0]);
  expect(await stage.holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  expect(ran.first).toEqual(["a"]);
});

it("policy resume leaves a session alone that merely asks, and takes it up once it was answered by a process that died right after", async () => {
  const store = createMemoryStore();
  await using two = await setTwo(store, {}, { recovery: "resume", claims: { discoverMs: 10 } });
  const { stage, other, ran, sessionId } = two;
  const before = await stage.log();
  await stage.holdfast[Symbol.asyncDispose]();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await logOf(other, sessionId)).toEqual(before);
  const [ask] = await openAsks(other, sessionId);
  if (ask === undefined) throw new Error("the ask is gone");
  await answerAndDie(store, ask);
  await expect
    .poll(async () => (await other.sessions.wait({ sessionId })).status, { timeout: 5_000 })
    .toBe("completed");
  expect(ran.second).toEqual(["a"]);
});

it("a retry of an answer whose process died right after it goes on with it, once", async () => {
  const store = createMemoryStore();
  await using two = await setTwo(store, {}, {});
  const { stage, other, ran, sessionId } = two;
  await stage.holdfast[Symbol.asyncDispose]();
  const [ask] = await openAsks(other, sessionId);
  if (ask === undefined) throw new Error("the ask is gone");
  await answerAndDie(store, ask);
  for (const _retry of [1, 2]) {
    expect(await answer(other, ask)).toMatchObject({ replayed: true });
    expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  }
  expect(ran.second).toEqual(["a"]);
});

it("whoever waits is not told that the session is parked while whoever answered is about to take it up", async () => {
  const store = createMemoryStore();
  await using two = await setTwo(store, { asks: { restMs: 0 } }, {});
  const { stage, other, ran, sessionId } = two;
  await untilGivenUp(store, sessionId);
  const [ask] = await openAsks(other, sessionId);
  if (ask === undefined) throw new Error("the ask is gone");
  await answerAndDie(store, ask);
  const waiting = stage.holdfast.sessions.wait({ sessionId });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await other.sessions.resume({ sessionId });
  expect(await waiting).toMatchObject({ status: "completed" });
  expect(ran.second).toEqual(["a"]);
});

it("an ask whose time passes after its runtime has rested ends there, and the model is told", async () => {
  const store = createMemoryStore();
  await using two = await setTwo(store, { asks: { restMs: 0, expireMs: 300 } }, {});
  const { stage, ran, sessionId } = two;
  await untilGivenUp(store, sessionId);
  await expect
    .poll(async () => (await stage.holdfast.sessions.wait({ sessionId })).status, { timeout: 5_000 })
    .toBe("completed");
  const log = await stage.log();
  expect(dataOf(log, "ask.expired")).toMatchObject([{ reason: "time" }]);
  expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { reason: "denied-by-policy" } }]);
  expect(ran.first).toEqual([]);
});

it.each(["its owner waits", "its owner has rested"])(
  "a session that asks is interrupted from another process where %s",
  async (state) => {
    const store = createMemoryStore();
    await using two = await setTwo(store, { asks: { restMs: state === "its owner waits" ? 60_000 : 0 } }, {});
    const { other, ran, sessionId } = two;
    if (state === "its owner has rested") await untilGivenUp(store, sessionId);
    expect(await other.sessions.interrupt({ sessionId })).toMatchObject({ status: "requested", pending: [] });
    expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
    const log = await logOf(other, sessionId);
    expect(dataOf(log, "ask.expired")).toMatchObject([{ reason: "interrupted" }]);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { reason: "cancelled" } }]);
    expect(ran).toEqual({ first: [], second: [] });
    await expectSound(store, sessionId);
  },
);

it("of two processes that answer at once, one is told that it was too late, and the call runs once", async () => {
  const store = createMemoryStore();
  await using two = await setTwo(store, { asks: { restMs: 0 } }, {});
  const { stage, other, ran, sessionId } = two;
  await untilGivenUp(store, sessionId);
  const [ask] = await openAsks(other, sessionId);
  const answers = await Promise.allSettled([
    answer(stage.holdfast, ask),
    answer(other, ask, { kind: "permission", reply: "deny" }),
  ]);
  const refused = answers.filter(({ status }) => status === "rejected");
  expect(refused).toMatchObject([{ reason: { code: "ask.closed" } }]);
  await expect
    .poll(async () => (await other.sessions.wait({ sessionId })).status, { timeout: 5_000 })
    .toBe("completed");
  expect([...ran.first, ...ran.second]).toEqual(answers[0].status === "fulfilled" ? ["a"] : []);
  expect(dataOf(await logOf(other, sessionId), "ask.answered")).toHaveLength(1);
  await expectSound(store, sessionId);
});
