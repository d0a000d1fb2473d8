import {
  createFakeClock,
  createMemoryStore,
  providerError,
  refuse,
  scriptedModel,
  text,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, openRuntime, setStage, shared, untilEvent, untilShown } from "./stage.ts";

import type { FakeClock, ScriptStep } from "@holdfast/testkit";
import type { Stage } from "./stage.ts";

const never = new Promise<never>(() => {});
const hello: ScriptStep = [text("Hello.")];
const busy: ScriptStep = [refuse(providerError({ status: 503 }))];

/** Interrupts, and says how long it took to come to rest, in milliseconds. */
const interrupt = async ({ holdfast, sessionId, store }: Stage): Promise<number> => {
  const before = performance.now();
  await holdfast.sessions.interrupt({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
  const tookMs = performance.now() - before;
  await expectSound(store, sessionId);
  return tookMs;
};

describe("an interruption ends an attempt at once", () => {
  const hanging = { ...scriptedModel([hello]), doStream: () => never };
  it.each([
    [
      "before the provider answers",
      hanging,
      (stage: Stage) => untilEvent(stage.holdfast, stage.sessionId, "attempt.started"),
    ],
    [
      "before the first part",
      [[wait(never)], hello],
      (stage: Stage) => untilEvent(stage.holdfast, stage.sessionId, "attempt.started"),
    ],
    [
      "in mid-stream",
      [[text("Half", { open: true }), wait(never)], hello],
      (stage: Stage) => untilShown(stage.holdfast, stage.sessionId, "Half"),
    ],
    [
      "while a retry is waited for",
      [busy, hello],
      (stage: Stage) => untilEvent(stage.holdfast, stage.sessionId, "retry.scheduled"),
    ],
  ] as const)("%s", async (_name, model, reached) => {
    await using stage = await setStage({ model, retries: { firstMs: 60_000 } });
    const { sessions } = stage.holdfast;
    await sessions.prompt({ sessionId: stage.sessionId, text: "Hi" });
    await reached(stage);
    const queued = await sessions.prompt({
      sessionId: stage.sessionId,
      text: "Later",
      delivery: "queue",
      resume: false,
    });
    expect(await interrupt(stage)).toBeLessThan(1_000);
    const log = await stage.log();
    expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "interrupted" }]);
    expect(dataOf(log, "attempt.started")).toHaveLength(1);
    // The inbox is as it was.
    expect(dataOf(log, "input.promoted").map(({ messageId }) => messageId)).not.toContain(queued.messageId);
  });
});

/** A session whose retry is due in some 2 s, of a runtime that was disposed of 1 s after it was scheduled. */
const leave = async (clock: FakeClock): Promise<Stage> => {
  const stage = await setStage({ store: shared(createMemoryStore()), clock, model: [busy], retries: {} });
  await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Hi" });
  await untilEvent(stage.holdfast, stage.sessionId, "retry.scheduled");
  await clock.advance(1_000);
  await stage.holdfast[Symbol.asyncDispose]();
  return stage;
};

describe("a delay that a crash interrupted", () => {
  it("goes on with its rest in the next process, and no longer than it was where a clock was set back", async () => {
    for (const setBackMs of [0, 3_600_000]) {
      const clock = createFakeClock();
      await using left = await leave(clock);
      const { store, sessionId } = left;
      const model = scriptedModel([hello]);
      await using next = await openRuntime(store, { model, clock, retries: {} });
      const [retry] = dataOf(await logOf(next, sessionId), "retry.scheduled");
      if (setBackMs > 0) clock.setNow(clock.now() - setBackMs);
      await next.sessions.resume({ sessionId });
      await untilEvent(next, sessionId, "execution.recovered");
      // The renewal of the claim, and the rest of the delay.
      await expect.poll(() => clock.sleeping).toBe(2);
      const restMs = (retry?.delayMs ?? 0) - (setBackMs > 0 ? 0 : 1_000);
      await clock.advance(restMs - 1);
      expect(model.calls).toBe(0);
      await clock.advance(1);
      expect(await next.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
      const log = await logOf(next, sessionId);
      expect(dataOf(log, "attempt.started").map(({ attempt }) => attempt)).toEqual([1, 2]);
      expect(dataOf(log, "retry.scheduled")).toHaveLength(1);
      await expectSound(store, sessionId);
    }
  });

  it("is over where it passed while nobody worked; the retries before it count", async () => {
    const clock = createFakeClock();
    await using left = await leave(clock);
    const { store, sessionId } = left;
    await clock.advance(60_000);
    const model = scriptedModel([busy, hello]);
    await using next = await openRuntime(store, { model, clock, retries: {} });
    await next.sessions.resume({ sessionId });
    await expect.poll(async () => dataOf(await logOf(next, sessionId), "retry.scheduled").length).toBe(2);
    expect(dataOf(await logOf(next, sessionId), "retry.scheduled")).toMatchObject([
      { retry: 1 },
      { attempt: 2, retry: 2 },
    ]);
    await clock.advance(10_000);
    expect(await next.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    await expectSound(store, sessionId);
  });

  it("is not waited for by a new prompt, which goes on with the conversation", async () => {
    const clock = createFakeClock();
    await using left = await leave(clock);
    const { store, sessionId } = left;
    await using next = await openRuntime(store, { model: [hello], clock, retries: {} });
    await next.sessions.prompt({ sessionId, text: "Go on" });
    expect(await next.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const log = await logOf(next, sessionId);
    expect(dataOf(log, "step.failed")).toMatchObject([{ failure: { class: "aborted" } }]);
    expect(dataOf(log, "attempt.started").map(({ attempt }) => attempt)).toEqual([1, 1]);
    await expectSound(store, sessionId);
  });

  it("is ended by an interruption of the parked session, without a request", async () => {
    const clock = createFakeClock();
    await using left = await leave(clock);
    const { store, sessionId } = left;
    const model = scriptedModel([hello]);
    await using next = await openRuntime(store, { model, clock });
    await next.sessions.interrupt({ sessionId });
    expect(await next.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
    expect(model.calls).toBe(0);
    await expectSound(store, sessionId);
  });
});
