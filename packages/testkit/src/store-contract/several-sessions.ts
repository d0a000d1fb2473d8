import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, ownerPlan, startPlan, turnEvents } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { ownerNamed, recordOf, takePlan } from "./claim-plans.ts";
import { commitAll } from "./conversation.ts";
import { fold, readMessages } from "./fold.ts";
import { describe, it } from "./kit-case.ts";
import { expectRefused } from "./refused.ts";
import { readLog } from "./whole-session.ts";

import type { StoreSubject } from "./store-subject.ts";

const intact = { chain: [], projections: [] };

/** What of several laws shows only where there is more than one of something, or where time goes back. */
export const describeSeveral = (subject: StoreSubject): void => {
  describe("several", () => {
    it("law 4 projected: executions of one store may wake lists of any length, one after the other", async () => {
      await using store = await subject.create();
      for (const [index, length] of [1, 3, 0, 2, 1, 5, 3].entries()) {
        const d = createDrafts(`woken${index}`);
        const turns = Array.from({ length: 6 }, (_, number) => d.turn(number + 1));
        await store.commit(createPlan(d));
        await commitAll(
          store,
          turns.map((turn) => admitPlan(turn, { resume: false })),
        );
        const woken = turns.slice(0, length).map(({ inputId }) => inputId);
        await store.commit({ ...startPlan(d), events: [d.started({ woken })] });
        const awake = (await store.rows(d.sessionId)).input.filter((row) => row.awake === 1);
        expect(awake.map(({ messageId }) => messageId).toSorted()).toEqual(woken.toSorted());
        expect(await verifySession(store, d.sessionId, sha256)).toMatchObject(intact);
      }
    });

    it("law 4 projected: a message is one of its session: two sessions may have messages of the same ID", async () => {
      await using store = await subject.create();
      const [d, other] = [createDrafts("same"), createDrafts("other")];
      const shared = { messageId: d.answerId };
      await commitAll(store, [createPlan(d), createPlan(other), admitPlan(d), startPlan(d, turnEvents(d))]);
      await store.commit(startPlan(other, [other.stepStarted(), other.attemptStarted(shared)]));
      await store.commit(ownerPlan(other, [other.text({ ...shared, text: "Another." }), other.attemptEnded()]));
      for (const { sessionId } of [d, other]) {
        expect(await readMessages(store, sessionId)).toEqual(await fold(store, await readLog(store, sessionId)));
        expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
      }
      expect((await store.rows(other.sessionId)).message).toMatchObject([shared]);
      expect((await store.rows(d.sessionId)).message).toMatchObject([{ messageId: d.inputId }, shared]);
    });

    it("law 4 projected: an input's version is the seq of its last event", async () => {
      await using store = await subject.create();
      const d = createDrafts("version");
      const versions = async () => (await store.rows(d.sessionId)).input.map(({ version }) => version);
      await commitAll(store, [createPlan(d), admitPlan(d), admitPlan(d.turn(2))]);
      expect(await versions()).toEqual([1, 2]);
      await store.commit(startPlan(d, [d.promoted()]));
      expect(await versions()).toEqual([4, 2]);
    });

    it("law 6 taken once: a runtime that retires takes no other's row with it", async () => {
      await using store = await subject.create();
      const [d, other] = [createDrafts("retire"), createDrafts("stays")];
      await commitAll(store, [createPlan(d), createPlan(other)]);
      for (const ownerId of [d.ownerId, other.ownerId, other.ownerId]) await store.renew(recordOf(ownerId));
      await commitAll(store, [startPlan(d), startPlan(other)]);
      await store.retire(d.ownerId);
      await store.retire(ownerNamed("nobody"));
      expect((await store.snapshot(d.sessionId))?.owner).toBeNull();
      expect((await store.snapshot(other.sessionId))?.owner).toEqual({ ...recordOf(other.ownerId), counter: 2 });
      const expected = { owner: other.ownerId, fence: 1, counter: null };
      await expectRefused(store, takePlan(other, { owner: d.ownerId, fence: 2, expected }), "store.fenced");
    });

    it("law 7 admitted once: a retry is answered with the session's head and claim as they are now", async () => {
      await using store = await subject.create();
      const d = createDrafts("replay");
      await commitAll(store, [createPlan(d), admitPlan(d)]);
      expect(await store.commit(admitPlan(d))).toMatchObject({ status: "replayed", claim: null });
      const { head, claim } = await store.commit(startPlan(d, [d.promoted()]));
      expect(claim).toMatchObject({ owner: d.ownerId, fence: 1 });
      expect(await store.commit(admitPlan(d))).toMatchObject({ status: "replayed", head, claim });
      const ended = await store.commit(endPlan(d));
      expect(ended.claim).toMatchObject({ owner: null, fence: 1 });
      expect(await store.commit(admitPlan(d))).toMatchObject({
        status: "replayed",
        head: ended.head,
        claim: ended.claim,
      });
    });

    it("law 11 consistent: work is of the runtime that is asked for, whichever others there are", async () => {
      await using store = await subject.create();
      for (const runtime of ["one", "two", "three"]) {
        const d = createDrafts(`work${runtime}`);
        await commitAll(store, [createPlan(d), admitPlan(d)]);
        await store.commit({ ...startPlan(d), events: [d.started({ runtime })] });
      }
      for (const runtime of ["one", "two", "three"]) {
        const work = await store.workloads({ runtime, limit: 10 });
        expect(work).toMatchObject([{ sessionId: `ses_work${runtime}`, execution: { runtime, state: "open" } }]);
      }
      expect(await store.workloads({ runtime: "four", limit: 10 })).toEqual([]);
    });

    it("law 1 gapless: the order is that of seqs, where the clock goes back, stands still or is before 1970", async () => {
      await using store = await subject.create();
      const d = createDrafts("clock");
      const times = [5_000_000_000_000, 4, 4, -86_400_000, 0, 3, 1_767_225_600_000, 1, 1];
      const at = (index: number) => ({ time: times[index % times.length] ?? 0 });
      await store.commit({ sessionId: d.sessionId, events: [d.sessionCreated({}, at(0))] });
      const turns = Array.from({ length: 30 }, (_, index) => d.turn(index + 1));
      for (const [index, turn] of turns.entries()) {
        await store.commit({ sessionId: d.sessionId, events: [turn.admitted({}, at(index + 1))] });
      }
      const promotions = turns.map((turn, index) => turn.promoted({ executionId: d.executionId }, at(index + 4)));
      await store.commit(startPlan(d, promotions));
      const log = await readLog(store, d.sessionId);
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index));
      expect(log.slice(0, 31).map(({ time }) => time)).toEqual(log.slice(0, 31).map((_, index) => at(index).time));
      const ids = turns.map(({ inputId }) => inputId);
      expect((await readMessages(store, d.sessionId, 7)).map(({ messageId }) => messageId)).toEqual(ids);
      expect((await store.head(d.sessionId))?.seq).toBe(log.length - 1);
      expect(await verifySession(store, d.sessionId, sha256)).toMatchObject(intact);
    });
  });
};
