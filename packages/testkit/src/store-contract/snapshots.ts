import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, ownerPlan, startPlan } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { recordOf } from "./claim-plans.ts";
import { commitAll, conversationPlans } from "./conversation.ts";
import { itSharesStore } from "./needs.ts";
import { readLog } from "./whole-session.ts";

import type { SessionSnapshot, Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Law 11, of snapshots. */
export const describeSnapshots = (subject: StoreSubject): void => {
  describe("snapshots", () => {
    it("law 11 consistent: a new session's snapshot has nothing but the session", async () => {
      await using store = await subject.create();
      const d = createDrafts("snap");
      const { head } = await store.commit(createPlan(d, { title: "New" }));
      expect(await store.snapshot(d.sessionId)).toEqual({
        session: await store.session(d.sessionId),
        head,
        claim: null,
        owner: null,
        execution: null,
        step: null,
        attempt: null,
        calls: [],
        inputs: [],
        asks: [],
        compaction: null,
        progressSeq: -1,
        replica: null,
      });
      expect(await store.session(d.sessionId)).toMatchObject({
        sessionId: d.sessionId,
        title: "New",
        agent: "default",
      });
    });

    it("law 11 consistent: shows the open execution, step and attempt, open calls and pending inputs in order", async () => {
      await using store = await subject.create();
      const d = createDrafts("snap");
      const [second, third] = [d.turn(2), d.turn(3)];
      await store.renew(recordOf(d.ownerId));
      await commitAll(store, [
        createPlan(d),
        admitPlan(d),
        // Admitted in another order than that of their IDs.
        admitPlan(third),
        admitPlan(second, { resume: false }),
        startPlan(d, [d.promoted(), d.stepStarted(), d.attemptStarted()]),
        ownerPlan(d, [
          d.called({ callId: third.callId }),
          d.called({ callId: second.callId, position: 2 }),
          d.called(),
        ]),
        ownerPlan(d, [d.attemptEnded({ status: "cut" }), d.attemptStarted({ attempt: 2, messageId: second.answerId })]),
        ownerPlan(d, [d.begun({ callId: second.callId })]),
      ]);
      const before = await store.snapshot(d.sessionId);
      expect(before).toMatchObject({
        head: await store.head(d.sessionId),
        claim: { owner: d.ownerId, fence: 1 },
        owner: { ownerId: d.ownerId, counter: 1 },
        execution: { executionId: d.executionId, state: "open", runtime: "test", interruptSeq: null },
        step: { stepId: d.stepId, state: "open" },
        attempt: { attempt: 2, state: "open", messageId: second.answerId },
        progressSeq: -1,
      });
      expect(before?.calls.map(({ callId, state }) => `${callId} ${state}`)).toEqual([
        `${third.callId} called`,
        `${second.callId} begun`,
        `${d.callId} called`,
      ]);
      expect(before?.inputs.map(({ messageId, awake }) => `${messageId} ${awake}`)).toEqual([
        `${third.inputId} 1`,
        `${second.inputId} 0`,
      ]);
      const { head } = await store.commit(ownerPlan(d, [d.settled({ callId: second.callId })]));
      const after = await store.snapshot(d.sessionId);
      expect(after?.progressSeq).toBe(head.seq);
      expect(after?.calls.map(({ callId }) => callId)).toEqual([third.callId, d.callId]);
    });

    it("law 11 consistent: shows the latest execution when it has ended, and nothing of the one before", async () => {
      await using store = await subject.create();
      const d = createDrafts("snap");
      const next = d.turn(2);
      await commitAll(store, [createPlan(d), startPlan(d, [d.stepStarted(), d.stepEnded()]), endPlan(d)]);
      expect(await store.snapshot(d.sessionId)).toMatchObject({
        claim: { owner: null },
        execution: { executionId: d.executionId, state: "ended", outcome: "completed", endedSeq: 4 },
        step: { stepId: d.stepId, state: "ended" },
        progressSeq: 3,
      });
      await store.commit(startPlan(next, [], { owner: null, fence: 1, counter: null }));
      expect(await store.snapshot(d.sessionId)).toMatchObject({
        execution: { executionId: next.executionId, state: "open" },
        step: null,
        attempt: null,
        progressSeq: 3,
      });
    });

    it("law 11 consistent: at the end of a whole conversation its snapshot and its row agree with the log", async () => {
      await using store = await subject.create();
      const d = createDrafts("snap");
      await commitAll(store, conversationPlans(d));
      const log = await readLog(store, d.sessionId);
      const last = log.at(-1);
      expect(await store.snapshot(d.sessionId)).toMatchObject({
        session: { inputTokens: 3_600, outputTokens: 102, cost: 1.75, model: '{"id":"m","provider":"p"}' },
        head: { seq: last?.seq, hash: last?.hash },
        claim: { owner: null, fence: 5, recoveries: 1 },
        execution: { outcome: "completed", endedSeq: last?.seq },
        calls: [],
        inputs: [],
        progressSeq: (last?.seq ?? 0) - 1,
      });
    });

    it("law 11 consistent: snapshots among commits each show one moment, and head says which", async () => {
      await using store = await subject.create();
      await expectOneMoment(store, store);
    });

    itSharesStore(subject, "law 11 consistent: also while another that has it open commits", async (alongside) => {
      await using one = await subject.create();
      await using two = await alongside(one);
      await expectOneMoment(one, two);
    });
  });
};

const expectOneMoment = async (writer: Store, reader: Store): Promise<void> => {
  const d = createDrafts("moment");
  await writer.commit(createPlan(d));
  await writer.commit(startPlan(d));
  const seen: (SessionSnapshot | null)[] = [];
  const look = async () => seen.push(await reader.snapshot(d.sessionId));
  for (const n of numbers(40)) {
    const turn = d.turn(n);
    const own = [turn.admitted({ messageId: turn.answerId }), turn.promoted()];
    await Promise.all([writer.commit(admitPlan(turn)), look(), writer.commit(ownerPlan(d, own)), look()]);
    await look();
  }
  const log = await readLog(reader, d.sessionId);
  for (const snapshot of seen) {
    const { seq, hash } = snapshot?.head ?? { seq: -1, hash: "" };
    expect(hash).toBe(log[seq]?.hash);
    const until = log.slice(0, seq + 1);
    const promoted = new Set(
      until.filter(({ type }) => type === "input.promoted").map(({ data }) => data["messageId"]),
    );
    const admitted = until.filter(({ type }) => type === "input.admitted").map(({ data }) => data["messageId"]);
    expect(snapshot?.inputs.map(({ messageId }) => messageId)).toEqual(admitted.filter((id) => !promoted.has(id)));
  }
};
