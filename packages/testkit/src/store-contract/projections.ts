import { RowSet, verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, ownerPlan, startPlan, turnEvents } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { commitAll, conversationPlans } from "./conversation.ts";
import { itReopens } from "./needs.ts";
import { forbiddenMoments } from "./forbidden-moments.ts";
import { conditionsOf, rowsAfterTurn } from "./projection-cases.ts";
import { expectRefused } from "./refused.ts";

import type { StoreSubject } from "./store-subject.ts";

const intact = { chain: [], projections: [] };

/** Laws 4 and 12. */
export const describeProjections = (subject: StoreSubject): void => {
  describe("projections", () => {
    it("law 4 projected: the rows after a turn are what its events say", async () => {
      await using store = await subject.create();
      const d = createDrafts("rows");
      await store.commit(createPlan(d, { title: "T" }));
      await store.commit(admitPlan(d));
      await store.commit(startPlan(d, turnEvents(d)));
      expect(await store.rows(d.sessionId)).toEqual(rowsAfterTurn(d));
    });

    it("law 4 projected: rows change with the event that changes them, and with no other", async () => {
      await using store = await subject.create();
      const d = createDrafts("rows");
      await commitAll(store, [createPlan(d), admitPlan(d), startPlan(d, [d.promoted(), d.stepStarted()])]);
      await store.commit(ownerPlan(d, [d.attemptStarted(), d.called()]));
      const call = async () => (await store.rows(d.sessionId)).call[0];
      expect(await call()).toMatchObject({ state: "called", begunSeq: null, begun: 0, settledSeq: null });
      await store.commit(ownerPlan(d, [d.begun()]));
      expect(await call()).toMatchObject({ state: "begun", begunSeq: 7, begun: 1, settledSeq: null });
      await store.commit(ownerPlan(d, [d.begun({ attempt: 2 })]));
      expect(await call()).toMatchObject({ state: "begun", begunSeq: 8, begun: 2, settledSeq: null });
      await store.commit(ownerPlan(d, [d.text(), d.settled()]));
      expect(await call()).toMatchObject({ state: "settled", begunSeq: 8, begun: 2, settledSeq: 10 });
    });

    it("law 4 projected: an execution wakes the inputs that it names, and no others", async () => {
      await using store = await subject.create();
      const d = createDrafts("rows");
      const recorded = [1, 2, 3].map((turn) => d.turn(turn));
      await store.commit(createPlan(d));
      await commitAll(
        store,
        recorded.map((turn) => admitPlan(turn, { resume: false })),
      );
      const woken = [d.turn(1).inputId, d.turn(3).inputId];
      await store.commit({ ...startPlan(d), events: [d.started({ woken })] });
      expect((await store.rows(d.sessionId)).input.map(({ awake }) => awake)).toEqual([1, 0, 1]);
    });

    it.each(forbiddenMoments)("law 4 projected: refuses $title", async ({ before, event }) => {
      await using store = await subject.create();
      const d = createDrafts("rows");
      await commitAll(store, [createPlan(d), admitPlan(d), startPlan(d, before(d))]);
      await expectRefused(store, ownerPlan(d, [event(d)]), "store.condition-failed");
      expect(await verifySession(store, d.sessionId, sha256)).toMatchObject(intact);
    });

    it.each(conditionsOf)("law 4 projected: a plan's own condition that $title", async ({ change, holds }) => {
      await using store = await subject.create();
      const d = createDrafts("rows");
      await commitAll(store, [createPlan(d), admitPlan(d), startPlan(d, turnEvents(d))]);
      // Another session that would satisfy, or break, every condition.
      const other = createDrafts("other");
      await commitAll(store, [createPlan(other), admitPlan(other), startPlan(other, [other.stepStarted()])]);
      const plan = { ...admitPlan(d.turn(2)), changes: [change] };
      if (holds) expect(await store.commit(plan)).toMatchObject({ status: "committed" });
      else await expectRefused(store, plan, "store.condition-failed");
    });

    it("law 12 rebuilt: after each plan of a whole conversation the rows equal the log projected again", async () => {
      await using store = await subject.create();
      const d = createDrafts("rows");
      let events = 0;
      for (const plan of conversationPlans(d)) {
        await store.commit(plan);
        events += plan.events.length;
        expect(await verifySession(store, d.sessionId, sha256)).toEqual({ events, ...intact });
      }
      const { session: _, ...rows } = await store.rows(d.sessionId);
      expect(Object.entries(rows).map(([table, all]) => `${table} ${all.length}`)).toEqual([
        "input 4",
        "message 8",
        "block 4",
        "call 3",
        "execution 2",
        "step 3",
        "attempt 5",
        "ask 2",
        "todo 1",
        "compaction 1",
        "context 2",
      ]);
    });

    it("law 12 rebuilt: sessions whose commits are mixed have each its own rows", async () => {
      await using store = await subject.create();
      const all = ["rowsa", "rowsb", "rowsc"].map((seed) => createDrafts(seed));
      await Promise.all(all.map((d) => commitAll(store, conversationPlans(d))));
      for (const d of all) expect(await verifySession(store, d.sessionId, sha256)).toMatchObject(intact);
    });

    it("law 12 rebuilt: every table is in the order of its primary key, numbers as numbers", async () => {
      await using store = await subject.create();
      const d = createDrafts("rows");
      const blocks = Array.from({ length: 12 }, (_, index) => d.text({ position: 11 - index }));
      const attempts = Array.from({ length: 12 }, (_, index) => [
        d.attemptStarted({ attempt: index + 2, messageId: d.turn(50 - index).answerId }),
        d.attemptEnded({ attempt: index + 2 }),
      ]).flat();
      const inputs = ["z1", "Z1", "a1", "10", "9"].map((name) => d.admitted({ messageId: `msg_${name}` as never }));
      await store.commit(createPlan(d));
      await store.commit({ sessionId: d.sessionId, events: inputs });
      const events = [d.stepStarted(), d.attemptStarted(), ...blocks, d.attemptEnded(), ...attempts];
      await store.commit(startPlan(d, events));
      const rows = await store.rows(d.sessionId);
      expect(rows.block.map(({ position }) => position)).toEqual(blocks.map((_, index) => index));
      expect(rows.attempt.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
      expect(rows.input.map(({ messageId }) => messageId)).toEqual(["msg_10", "msg_9", "msg_Z1", "msg_a1", "msg_z1"]);
      expect(await store.rows(createDrafts("nobody").sessionId)).toEqual(new RowSet(d.sessionId).snapshot());
    });

    it("law 12 rebuilt: totals and times beyond 32 bits, and long decimals, read back as they were added", async () => {
      await using store = await subject.create();
      const d = createDrafts("rows");
      const usage = { input: 5_000_000_000, output: 2_147_483_647, reasoning: 0, cacheRead: 0, cacheWrite: 0 };
      await commitAll(store, [createPlan(d), startPlan(d, [d.stepStarted(), d.attemptStarted()])]);
      await store.commit(ownerPlan(d, [d.attemptEnded({ usage, cost: 0.1 }), d.attemptStarted({ attempt: 2 })]));
      await store.commit(ownerPlan(d, [d.attemptEnded({ attempt: 2, usage, cost: 0.2 })]));
      expect(await store.session(d.sessionId)).toMatchObject({
        inputTokens: 10_000_000_000,
        outputTokens: 4_294_967_294,
        cost: 0.1 + 0.2,
      });
      expect(await verifySession(store, d.sessionId, sha256)).toMatchObject(intact);
    });

    itReopens(
      subject,
      "law 12 rebuilt: the rows of a store opened anew equal the log projected again",
      async (reopen) => {
        const first = await subject.create();
        const d = createDrafts("rows");
        await commitAll(first, conversationPlans(d));
        const rows = await first.rows(d.sessionId);
        await first[Symbol.asyncDispose]();
        await using second = await reopen(first);
        expect(await second.rows(d.sessionId)).toEqual(rows);
        expect(await verifySession(second, d.sessionId, sha256)).toMatchObject(intact);
      },
    );
  });
};
