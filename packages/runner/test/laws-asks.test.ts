import { createFakeClock, createGate, createMemoryStore, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { acting, actingOn, answer, askToAct, openAsks } from "./asking.ts";
import { expectSound } from "./expect-sound.ts";
import { holds, withDetours } from "./faulty-store.ts";
import { act, called } from "./last-event-rows.ts";
import { begunCall, leaveLog } from "./left-log.ts";
import { allowAll, dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { Clock } from "@holdfast/core";
import type { Drafts } from "@holdfast/testkit";

// Laws, "Asks" and "Denies", as far as the tests of asks do not show them.

it("a session that asks gives its claim up after 60 s of rest, without an event, and not before", async () => {
  const clock = createFakeClock();
  const isResting = createGate();
  // The rest begins a moment after its ask can be read.
  const watched: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => {
      if (ms === 60_000) isResting.open();
      return clock.sleep(ms, signal);
    },
  };
  const store = createMemoryStore();
  const options = { clock: watched, rules: askToAct, model: actingOn("a"), tools: [acting([])] };
  await using stage = await setStage({ ...options, store: shared(store) });
  const { sessionId } = stage;
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  await isResting.opened;
  const before = await stage.log();
  const owner = async () => (await store.snapshot(sessionId))?.claim?.owner;
  await clock.advance(59_999);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await owner()).toMatch(/^own_/);
  await clock.advance(1);
  await expect.poll(owner).toBeNull();
  expect(await stage.log()).toEqual(before);
});

it("whatever settles a call ends its asks in the same commit", async () => {
  const memory = createMemoryStore();
  const settlements: (readonly string[])[] = [];
  const store = withDetours(shared(memory), {
    commit: async (plan) => {
      if (holds("tool.settled")(plan)) settlements.push(plan.events.map(({ type }) => type));
      return memory.commit(plan);
    },
  });
  await using stage = await setStage({ store, rules: askToAct, model: actingOn("a"), tools: [acting([])] });
  const { sessions } = stage.holdfast;
  const { sessionId } = stage;
  expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
  await sessions.interrupt({ sessionId });
  expect(await sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
  expect(settlements).toEqual([expect.arrayContaining(["ask.expired", "tool.settled"])]);
  await expectSound(memory, sessionId);
});

describe("today's rules for (tool, *) are asked for right before a call begins, and begins again", () => {
  const safe = { ...act, replay: "safe" as const };
  const states = [
    { state: "not begun", events: called },
    { state: "begun and safe", events: (drafts: Drafts) => begunCall(drafts, safe) },
  ];
  const cases = states.flatMap((one) => (["deny", "ask"] as const).map((effect) => ({ ...one, effect })));

  it.each(cases)("$state, now $effect", async ({ state, events, effect }) => {
    await using left = await leaveLog({ events });
    const { store, drafts } = left;
    const { sessionId } = drafts;
    const begunBefore = state === "not begun" ? 0 : 1;
    await using holdfast = await openRuntime(store, {
      tools: [safe],
      rules: [...allowAll, { action: "act", resource: "*", effect }],
      model: () => [text("Done.")],
    });
    await holdfast.sessions.resume({ sessionId });
    if (effect === "ask") {
      expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "asking" });
      expect(dataOf(await logOf(holdfast, sessionId), "tool.begun")).toHaveLength(begunBefore);
      const [ask] = await openAsks(holdfast, sessionId);
      const { cursor } = await answer(holdfast, ask, { kind: "permission", reply: "deny" });
      await holdfast.sessions.wait({ sessionId, after: cursor });
    } else expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const log = await logOf(holdfast, sessionId);
    expect(dataOf(log, "tool.begun")).toHaveLength(begunBefore);
    const reason = effect === "ask" ? "denied-by-user" : "denied-by-policy";
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "stopped", reason } }]);
    await expectSound(store, sessionId);
  });
});
