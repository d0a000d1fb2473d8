import { eventCatalogue, isEventType, isOwnerOnly } from "@holdfast/core/event";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, ownerPlan, startPlan } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { ownerNamed, planOf, takePlan } from "./claim-plans.ts";
import { itSharesStore } from "./needs.ts";
import { expectRefused } from "./refused.ts";
import { readLog } from "./whole-session.ts";

import type { EventDraft } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";
import type { StoreSubject } from "./store-subject.ts";

/** Every event that only the owner writes, after events of the first owner that make it a valid one. */
const ownerOnlyMoments = (d: Drafts): readonly (readonly [event: EventDraft, before: readonly EventDraft[]])[] => {
  const step = [d.stepStarted()];
  const attempt = [...step, d.attemptStarted()];
  return [
    [d.promoted(), []],
    [d.turn(2).started(), [d.ended({ outcome: "failed" })]],
    [d.recovered(), []],
    [d.ended({ outcome: "failed" }), []],
    [d.contextAdmitted(), []],
    [d.stepStarted(), []],
    [d.stepEnded(), step],
    [d.stepFailed(), step],
    [d.attemptStarted(), step],
    [d.attemptEnded(), attempt],
    [d.retryScheduled(), [...attempt, d.attemptEnded({ status: "error" })]],
    [d.text(), attempt],
    [d.reasoning(), attempt],
    [d.called(), attempt],
    [d.begun(), [...attempt, d.called()]],
    [d.settled(), [...attempt, d.called(), d.begun()]],
    [d.askOpened(), [...attempt, d.called()]],
    [d.compactionStarted(), []],
    [d.compactionEnded(), [d.compactionStarted()]],
    [d.compactionFailed(), [d.compactionStarted()]],
    [d.todoUpdated(), [...attempt, d.called(), d.begun()]],
  ];
};

const d = createDrafts("fence");
const other = ownerNamed("other");
/** The claim after `takeOver`. */
const live = { owner: other, fence: 2 };
const moments = ownerOnlyMoments(d).map(([event, before]) => ({ type: event.type, event, before }));

const begin = async (store: Store, before: readonly EventDraft[] = []): Promise<void> => {
  await store.commit(createPlan(d));
  await store.commit(admitPlan(d));
  await store.commit(startPlan(d, before));
};

const takeOver = (store: Store) =>
  store.commit(takePlan(d, { owner: other, fence: 2, expected: { owner: d.ownerId, fence: 1, counter: null } }));

/** Law 5: the headline. A stale owner commits nothing that only an owner may commit. */
export const describeFencing = (subject: StoreSubject): void => {
  describe("fencing", () => {
    it("law 5 fenced: the moments below are all that only an owner writes", () => {
      const types = Object.keys(eventCatalogue).filter((type) => isEventType(type) && isOwnerOnly(type));
      expect(moments.map(({ type }) => type).toSorted()).toEqual(types.toSorted());
    });

    it.each(moments)("law 5 fenced: refuses $type of an owner whose claim another took", async ({ event, before }) => {
      await using store = await subject.create();
      await begin(store, before);
      await takeOver(store);
      await expectRefused(store, ownerPlan(d, [event]), "store.fenced");
      await expectRefused(store, { ...ownerPlan(d, [event]), fence: { owner: d.ownerId, fence: 2 } }, "store.fenced");
      // The claim was all that it lacked: the same event of the live owner is taken, and carries its fence.
      const result = await store.commit(planOf(d, live, [event]));
      expect(result).toMatchObject({ status: "committed", events: [{ id: event.id, type: event.type, fence: 2 }] });
    });

    it.each(moments)("law 5 fenced: refuses $type without a fence", async ({ event, before }) => {
      await using store = await subject.create();
      await begin(store, before);
      await expectRefused(store, { sessionId: d.sessionId, events: [event] }, "store.fenced");
      const result = await store.commit(ownerPlan(d, [event]));
      expect(result).toMatchObject({ status: "committed", events: [{ id: event.id, fence: 1 }] });
    });

    it.each([
      ["an older fence", { owner: d.ownerId, fence: 0 }],
      ["a fence that is not taken yet", { owner: d.ownerId, fence: 2 }],
      ["another owner's name", { owner: other, fence: 1 }],
    ])("law 5 fenced: refuses an owner's event under %s", async (_, fence) => {
      await using store = await subject.create();
      await begin(store);
      await expectRefused(store, { sessionId: d.sessionId, events: [d.promoted()], fence }, "store.fenced");
    });

    it("law 5 fenced: refuses an owner's event where nobody ever took the claim", async () => {
      await using store = await subject.create();
      await store.commit(createPlan(d));
      await expectRefused(store, { sessionId: d.sessionId, events: [d.started()] }, "store.fenced");
      await expectRefused(store, ownerPlan(d, [d.started()]), "store.fenced");
    });

    it("law 5 fenced: refuses the last owner's events after it released its claim", async () => {
      await using store = await subject.create();
      await begin(store, [d.promoted()]);
      await store.commit(endPlan(d));
      await expectRefused(store, ownerPlan(d, [d.turn(2).started()]), "store.fenced");
    });

    it("law 5 fenced: refuses a release that is not the live owner's", async () => {
      await using store = await subject.create();
      await begin(store);
      const release = { sessionId: d.sessionId, events: [], claim: { action: "release" } } as const;
      await expectRefused(store, release, "store.fenced");
      await takeOver(store);
      await expectRefused(store, { ...release, fence: { owner: d.ownerId, fence: 1 } }, "store.fenced");
      await expectRefused(store, { ...release, fence: { owner: other, fence: 1 } }, "store.fenced");
      const result = await store.commit({ ...release, fence: live });
      expect(result.claim).toMatchObject({ owner: null, fence: 2 });
      await expectRefused(store, { ...release, fence: live }, "store.fenced");
    });

    it("law 5 fenced: a stale owner's plan leaves nothing, also of what anyone may write", async () => {
      await using store = await subject.create();
      await begin(store);
      await takeOver(store);
      const admission = admitPlan(d.turn(2));
      const fence = { owner: d.ownerId, fence: 1 };
      await expectRefused(store, { ...admission, events: [...admission.events, d.promoted()], fence }, "store.fenced");
      await expectRefused(store, { ...admission, fence }, "store.fenced");
      expect(
        await store.admission({ messageId: admission.events[0]?.data["messageId" as never] ?? d.inputId }),
      ).toBeNull();
    });

    it("law 5 fenced: what anyone may write needs no claim, and carries no fence", async () => {
      await using store = await subject.create();
      await begin(store);
      await takeOver(store);
      await store.commit(admitPlan(d.turn(2)));
      await store.commit({ sessionId: d.sessionId, events: [d.interruptRequested()] });
      await store.commit(planOf(d, live, [d.turn(3).admitted(), d.promoted()]));
      const log = await readLog(store, d.sessionId);
      expect(log.map(({ type, fence }) => `${type} ${fence}`)).toEqual([
        "session.created null",
        "input.admitted null",
        "execution.started 1",
        "input.admitted null",
        "interrupt.requested null",
        "input.admitted null",
        "input.promoted 2",
      ]);
    });

    it("law 5 fenced: of a take-over in the middle of an owner's commits, none after it is the old owner's", async () => {
      await using store = await subject.create();
      await expectCleanHandover(store, store);
    });

    itSharesStore(
      subject,
      "law 5 fenced: of a take-over by another that has it open, no commit after it is the old owner's",
      async (alongside) => {
        await using one = await subject.create();
        await using two = await alongside(one);
        await expectCleanHandover(one, two);
      },
    );
  });
};

const expectCleanHandover = async (one: Store, two: Store): Promise<void> => {
  await begin(one, [d.stepStarted(), d.attemptStarted()]);
  const write = (position: number) => one.commit(ownerPlan(d, [d.text({ position })]));
  const first = Array.from({ length: 20 }, (_, index) => write(index));
  if (one !== two) await first[4];
  const take = takeOver(two);
  const second = Array.from({ length: 20 }, (_, index) => write(100 + index));
  const results = await Promise.allSettled([...first, ...second]);
  const taken = await take;
  for (const result of results) {
    if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "store.fenced" });
    else expect(result.value.head.seq).toBeLessThanOrEqual(taken.claim?.takenSeq ?? -1);
  }
  const accepted = results.filter(({ status }) => status === "fulfilled").length;
  const log = await readLog(two, d.sessionId);
  expect(log.filter(({ type }) => type === "text.ended")).toHaveLength(accepted);
  expect(log).toHaveLength((taken.claim?.takenSeq ?? -1) + 1);
  await expectRefused(one, ownerPlan(d, [d.text({ position: 999 })]), "store.fenced");
  await two.commit(planOf(d, live, [d.text({ position: 999 })]));
};
