import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, startPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { approvalOf, commitAll, conversationPlans, longText } from "./conversation.ts";
import { d, sessionId, key, window, deletion, deleted, left, lastOf } from "./deletions.ts";
import { describe, it } from "./kit-case.ts";
import { itKeepsLaws, itReopens, itSharesStore } from "./needs.ts";
import { expectRefused } from "./refused.ts";
import { readWholeSession } from "./whole-session.ts";

import type { CommitPlan } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

/** Law 22. */
export const describeDeleted = (subject: StoreSubject): void => {
  describe("deletion", () => {
    it("law 22 deleted: the last event is all that is left, wherever one reads on from", async () => {
      await using store = await subject.create();
      const log = await deleted(store);
      const last = await lastOf(store);
      expect(last).toMatchObject({ seq: log.length, type: "session.deleted", prevHash: log.at(-1)?.hash, fence: null });
      expect(await readWholeSession(store, sessionId)).toEqual(left(last));
      for (const after of [-1, 0, 20, last.seq - 1]) {
        expect(await store.events({ sessionId, after, limit: 500 })).toEqual([last]);
      }
      expect(await store.events({ sessionId, after: last.seq, limit: 500 })).toEqual([]);
      expect(await store.asks({ limit: 10 })).toEqual([]);
      expect(await store.workloads({ runtime: "test", limit: 10 })).toEqual([]);
      expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 1, chain: [], projections: [] });
    });

    it("law 22 deleted: a deletion's answer and its signal have the last event", async () => {
      await using store = await subject.create();
      await store.commit(createPlan(d));
      const told: unknown[] = [];
      using _ = store.watch(sessionId, (events) => void told.push(events));
      const plan = deletion();
      const result = await store.commit(plan);
      const last = await lastOf(store);
      expect(result).toMatchObject({ status: "committed", head: { seq: 1, hash: last.hash } });
      expect(result.status === "committed" && result.events).toEqual([last]);
      expect(last.id).toBe(plan.events[0]?.id);
      expect(told.length).toBeGreaterThan(0);
    });

    it.each<[string, () => CommitPlan]>([
      ["its creation anew", () => createPlan(d)],
      ["an admission", () => admitPlan(d.turn(40))],
      ["a retry of an admission", () => admitPlan(d.turn(30), { idempotencyKey: "late" })],
      ["an owner's plan", () => startPlan(d.turn(40), [], { owner: null, fence: 5, counter: null })],
      ["an empty plan", () => ({ sessionId, events: [] })],
      ["a release", () => ({ sessionId, events: [], release: true })],
      ["a second deletion", () => deletion()],
    ])("law 22 deleted: refuses %s", async (_title, plan) => {
      await using store = await subject.create();
      await deleted(store);
      await expectRefused(store, plan(), "session.deleted");
      expect(await readWholeSession(store, sessionId)).toEqual(left(await lastOf(store)));
    });

    it("law 22 deleted: refuses a deletion while an execution is open, and one that is not the end of its plan", async () => {
      await using store = await subject.create();
      await store.commit(createPlan(d));
      await expectRefused(store, { ...deletion(), events: [...deletion().events, d.admitted()] }, "event.invalid-data");
      await expectRefused(store, deletion(createDrafts("nobody")), "session.not-found");
      await commitAll(store, [admitPlan(d), startPlan(d, [d.promoted()])]);
      await expectRefused(store, deletion(), "store.condition-failed");
      expect(await store.session(sessionId)).not.toBeNull();
    });

    it("law 22 deleted: a refused plan deletes nothing", async () => {
      await using store = await subject.create();
      await store.commit(createPlan(d));
      await expectRefused(store, { ...deletion(), expectedSeq: 7 }, "store.sequence-conflict");
      expect(await store.session(sessionId)).toMatchObject({ sessionId });
      await store.commit(admitPlan(d));
    });

    it("law 22 deleted: identities stay, and are no other session's", async () => {
      await using store = await subject.create();
      const log = await deleted(store);
      const { inputId: messageId } = d.turn(30);
      const row = { sessionId, messageId, seq: log.length - 1, hash: log.at(-1)?.hash, idempotencyKey: "late" };
      expect(await store.admission({ messageId })).toMatchObject(row);
      expect(await store.admission({ sessionId, idempotencyKey: "late" })).toMatchObject(row);
      const other = createDrafts("other");
      await store.commit(createPlan(other));
      await expectRefused(store, admitPlan(other, { messageId }), "input.conflict");
      await store.commit(admitPlan(other, { idempotencyKey: "late" }));
    });

    it("law 22 deleted: approvals, children and other sessions stay as they were", async () => {
      await using store = await subject.create();
      const [child, other] = [createDrafts("child"), createDrafts("goneb")];
      await commitAll(store, [
        ...conversationPlans(other),
        createPlan(child, { parentId: sessionId, rootId: sessionId }),
      ]);
      await commitAll(store, conversationPlans(d));
      const before = [await readWholeSession(store, child.sessionId), await readWholeSession(store, other.sessionId)];
      const approvals = await store.approvals({ project: "/srv/project" });
      expect(approvals).toContainEqual(approvalOf(other));
      await store.commit(deletion());
      expect(await store.approvals({ project: "/srv/project" })).toEqual(approvals);
      expect([await readWholeSession(store, child.sessionId), await readWholeSession(store, other.sessionId)]).toEqual(
        before,
      );
      expect(await store.session(child.sessionId)).toMatchObject({ parentId: sessionId, rootId: sessionId });
      const listed = await store.sessions({ limit: 10 });
      expect(listed.map((row) => row.sessionId).toSorted()).toEqual([child.sessionId, other.sessionId]);
      expect(await store.sessions({ limit: 10, parentId: sessionId })).toHaveLength(1);
      expect(await verifySession(store, other.sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
    });

    it("law 22 deleted: its outputs go", async () => {
      await using store = await subject.create();
      await deleted(store);
      await expect.poll(() => store.readOutput(key, window), { timeout: 15_000 }).toBeNull();
    }, 40_000);

    itKeepsLaws([subject, "collected"], "law 22 deleted: its texts go, but for what others refer to", async () => {
      await using store = await subject.create();
      const other = createDrafts("goneb");
      await commitAll(store, conversationPlans(other));
      await deleted(store);
      const hash = sha256(longText);
      await expect.poll(() => store.readOutput(key, window), { timeout: 15_000 }).toBeNull();
      expect(await store.blob(hash)).toBe(longText);
      await store.commit(deletion(other));
      await expect.poll(() => store.blob(hash), { timeout: 15_000 }).toBeNull();
      expect(await lastOf(store)).toMatchObject({ type: "session.deleted" });
    });

    it("law 22 deleted: new sessions are not mixed up with what is left of it", async () => {
      await using store = await subject.create();
      await deleted(store);
      const other = createDrafts("next");
      await commitAll(store, conversationPlans(other));
      expect(await verifySession(store, other.sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
      expect(await readWholeSession(store, sessionId)).toEqual(left(await lastOf(store)));
    });

    itReopens(subject, "law 22 deleted: it is so when the store is opened anew", async (reopen) => {
      const first = await subject.create();
      await deleted(first);
      const last = await lastOf(first);
      await first[Symbol.asyncDispose]();
      await using second = await reopen(first);
      expect(await readWholeSession(second, sessionId)).toEqual(left(last));
      await expectRefused(second, createPlan(d), "session.deleted");
    });

    itSharesStore(
      subject,
      "law 22 deleted: another that has it open finds it so, and what it knew is no use",
      async (open) => {
        await using one = await subject.create();
        await using two = await open(one);
        await commitAll(one, conversationPlans(d));
        expect(await two.snapshot(sessionId)).not.toBeNull();
        await two.commit(admitPlan(d.turn(30)));
        await one.commit(deletion());
        expect(await readWholeSession(two, sessionId)).toEqual(left(await lastOf(one)));
        await expectRefused(two, createPlan(d), "session.deleted");
        await expectRefused(two, admitPlan(d.turn(31)), "session.deleted");
      },
    );
  });
};
