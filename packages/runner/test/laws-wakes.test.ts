import {
  createDrafts,
  createFakeClock,
  createMemoryStore,
  createPlan,
  admitPlan,
  scriptedModel,
  text,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { act, begun } from "./last-event-rows.ts";
import { leaveLog } from "./left-log.ts";
import { collect, dataOf, logOf, makeFolder, openRuntime, setStage, shared, untilEvent } from "./stage.ts";
import { whileTimePasses } from "./while-time-passes.ts";

import type { EventDraft } from "@holdfast/core/event";
import type { Drafts } from "@holdfast/testkit";

// Laws, "Consent, wakes, ends", as far as consent.test.ts, coordinator.test.ts, waits.test.ts and recovery.test.ts do not show them.

const never = new Promise<never>(() => {});

it("a prompt beside a living owner is watched by the process that admitted it, which takes over where that owner dies before it took it", async () => {
  const store = createMemoryStore();
  const [ownersClock, clock] = [createFakeClock(), createFakeClock()];
  await using stage = await setStage({
    store: shared(store),
    clock: ownersClock,
    model: [[text("Half", { open: true }), wait(never)]],
  });
  const { sessionId } = stage;
  await stage.holdfast.sessions.prompt({ sessionId, text: "Go" });
  await untilEvent(stage.holdfast, sessionId, "attempt.started");
  await using other = await openRuntime(shared(store), { clock, model: () => [text("Done.")] });
  const { cursor, messageId } = await other.sessions.prompt({ sessionId, text: "And this" });
  const before = await logOf(other, sessionId);
  await clock.advance(10_000);
  expect(await logOf(other, sessionId)).toEqual(before);
  // The owner renews no more: its clock stands still.
  const rested = other.sessions.wait({ sessionId, after: cursor });
  expect(await whileTimePasses(clock, rested)).toMatchObject({ status: "completed" });
  const log = await logOf(other, sessionId);
  expect(dataOf(log, "execution.recovered")).toHaveLength(1);
  expect(dataOf(log, "input.promoted").filter((data) => data.messageId === messageId)).toHaveLength(1);
  await expectSound(store, sessionId);
});

it.each(["gone", "released"] as const)(
  "whoever asks for an interruption takes an execution over only to settle and end it, where its owner is %s",
  async (owner) => {
    await using left = await leaveLog({ owner, events: begun });
    const { store, drafts } = left;
    const { sessionId } = drafts;
    const before = (await store.snapshot(sessionId))?.head.seq ?? -1;
    const model = scriptedModel(() => [text("Never.")]);
    await using holdfast = await openRuntime(store, { tools: [act], model });
    expect(await holdfast.sessions.interrupt({ sessionId })).toMatchObject({ status: "requested" });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
    const log = await logOf(holdfast, sessionId);
    expect(log.slice(before + 1).map(({ type }) => type)).toEqual([
      "interrupt.requested",
      "tool.settled",
      "step.failed",
      "execution.ended",
    ]);
    expect(model.calls).toBe(0);
    await expectSound(store, sessionId);
  },
);

it("a retry of an input that was promoted wakes nothing: what a failure left in the inbox stays there", async () => {
  const model = scriptedModel((_prompt, index) => {
    if (index === 1) throw new Error("no such server");
    return [text("Done.")];
  });
  await using stage = await setStage({ model });
  const { sessions } = stage.holdfast;
  const { sessionId } = stage;
  const first = { sessionId, id: "msg_first", text: "Go" };
  await sessions.prompt(first);
  expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  const queued = sessions.prompt({ sessionId, text: "Later", delivery: "queue" });
  await Promise.all([sessions.prompt({ sessionId, text: "Fails" }), queued]);
  expect(await sessions.wait({ sessionId })).toMatchObject({ status: "failed" });
  const before = await stage.log();
  const { cursor, disposition } = await sessions.prompt(first);
  expect(disposition).toBe("promoted");
  expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "failed" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await stage.log()).toEqual(before);
  expect(await sessions.inputs({ sessionId })).toHaveLength(1);
});

describe("wait, and a reader until idle by its notice, say how a session came to rest", () => {
  it.each([
    { rest: "interrupted", model: [[text("Half", { open: true }), wait(never)]], budget: undefined },
    { rest: "budget", model: [[text("Never.")]], budget: { tokens: 1 } },
    { rest: "completed", model: [[text("Done.")]], budget: undefined },
  ])("$rest", async ({ rest, model, budget }) => {
    await using stage = await setStage({ model, budget, asks: { policy: "deny" } });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    const { cursor } = await sessions.prompt({ sessionId, text: "Go" });
    const read = collect(sessions.events({ sessionId, after: cursor, until: "idle" }));
    if (rest === "interrupted") {
      await untilEvent(stage.holdfast, sessionId, "attempt.started");
      await sessions.interrupt({ sessionId });
    }
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: rest });
    expect((await read).at(-1)).toEqual({ kind: "notice", notice: { type: "rest", rest } });
  });
});

const nothing = (): readonly EventDraft[] => [];
const replaced = (drafts: Drafts): readonly EventDraft[] => [drafts.replaced({ text: "Changed", replaces: 1 })];
const withdrawn = (drafts: Drafts): readonly EventDraft[] => [drafts.withdrawn({ withdraws: 1 })];

describe("after what was last said to the inbox, recovery starts what is consented to, and leaves the rest unclaimed", () => {
  it.each([
    {
      after: "input.admitted",
      resume: true,
      change: nothing,
      park: "unclaimed",
      shown: ["Go"],
    },
    {
      after: "input.admitted with resume: false",
      resume: false,
      change: nothing,
      park: "none",
      shown: [],
    },
    { after: "input.replaced", resume: true, change: replaced, park: "unclaimed", shown: ["Changed"] },
    { after: "input.withdrawn", resume: true, change: withdrawn, park: "none", shown: [] },
  ])("$after", async ({ resume, change, park, shown }) => {
    await using folder = await makeFolder();
    const drafts = createDrafts("inbox");
    const { sessionId } = drafts;
    const store = createMemoryStore();
    await store.commit(createPlan(drafts, { location: { directory: folder.path }, project: folder.path }));
    await store.commit(admitPlan(drafts, { text: "Go", resume }));
    const more = change(drafts);
    if (more.length > 0) await store.commit({ sessionId, events: more });
    const before = (await store.snapshot(sessionId))?.head;
    await using parking = await openRuntime(shared(store), { model: [] });
    expect(await parking.sessions.recovery({ sessionId })).toMatchObject({ status: park });
    expect((await store.snapshot(sessionId))?.head).toEqual(before);
    const clock = createFakeClock();
    await using resuming = await openRuntime(shared(store), {
      clock,
      recovery: "resume",
      model: () => [text("Done.")],
    });
    const rested = resuming.sessions.wait({ sessionId });
    expect(await whileTimePasses(clock, rested)).toMatchObject({ status: shown.length === 0 ? "idle" : "completed" });
    // Longer than anybody would leave an input to whoever admitted it.
    await clock.advance(10_000);
    const { messages } = await resuming.sessions.messages({ sessionId });
    expect(messages.flatMap((message) => (message.role === "user" ? [message.text] : []))).toEqual(shown);
  });
});
