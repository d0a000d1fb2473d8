import { toTextValue } from "@holdfast/core/event";
import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, startPlan, takeClaim } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { longText } from "./conversation.ts";
import { itReopens } from "./needs.ts";
import { expectRefused } from "./refused.ts";
import { readLog, readWholeSession } from "./whole-session.ts";

import type { ErrorCode } from "@holdfast/core";
import type { CommitPlan } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";
import type { StoreSubject } from "./store-subject.ts";

/** A plan with a part of everything: events, rows, a claim, an admission and a blob. Whole, it is applied. */
const richPlan = (d: Drafts): CommitPlan => {
  const { value, blobs } = toTextValue(longText, sha256);
  const admitted = d.admitted({ text: value, idempotencyKey: "rich" }, { blobs: blobs.map(({ hash }) => hash) });
  const { messageId, payloadHash } = admitted.data;
  return {
    sessionId: d.sessionId,
    events: [admitted, d.started(), d.promoted(), d.stepStarted()],
    claim: takeClaim(d),
    admission: { messageId, payloadHash, idempotencyKey: "rich", inboxLimit: 10 },
    changes: [{ op: "require", table: "step", where: { state: "open" }, expect: "some" }],
    blobs,
  };
};

const broken: readonly (readonly [string, ErrorCode, (plan: CommitPlan, d: Drafts) => CommitPlan])[] = [
  [
    "whose last event's condition fails",
    "store.condition-failed",
    (plan, d) => ({ ...plan, events: [...plan.events, d.settled()] }),
  ],
  [
    "whose last event was there before",
    "store.condition-failed",
    (plan, d) => ({ ...plan, events: [...plan.events, d.sessionCreated()] }),
  ],
  [
    "whose own condition fails",
    "store.condition-failed",
    (plan) => ({ ...plan, changes: [{ op: "require", table: "step", where: { state: "open" }, expect: "none" }] }),
  ],
  [
    "whose last event refers to a blob that nobody sent",
    "store.blob-missing",
    (plan, d) => ({ ...plan, events: [...plan.events, d.attemptStarted({}, { blobs: ["f".repeat(64)] })] }),
  ],
  [
    "whose last event does not fit its type",
    "event.invalid-data",
    (plan, d) => ({ ...plan, events: [...plan.events, d.attemptStarted({ attempt: 0 })] }),
  ],
  ["that expects another claim", "store.fenced", (plan, d) => ({ ...plan, claim: { ...takeClaim(d), fence: 0 } })],
  ["that expects another end", "store.sequence-conflict", (plan) => ({ ...plan, expectedSeq: 7 })],
  [
    "that finds no room",
    "input.inbox-full",
    (plan) => ({ ...plan, ...(plan.admission && { admission: { ...plan.admission, inboxLimit: 0 } }) }),
  ],
];

/** Law 3. */
export const describeAtomicity = (subject: StoreSubject): void => {
  describe("atomicity", () => {
    it("law 3 atomic: applies events, rows, claim, admission and blobs of a plan together", async () => {
      await using store = await subject.create();
      const d = createDrafts("whole");
      const plan = richPlan(d);
      await store.commit(createPlan(d));
      expect(await store.commit(plan)).toMatchObject({ status: "committed", head: { seq: 4 }, claim: { fence: 1 } });
      expect((await readLog(store, d.sessionId)).map(({ type }) => type)).toEqual([
        "session.created",
        "input.admitted",
        "execution.started",
        "input.promoted",
        "step.started",
      ]);
      expect(await store.snapshot(d.sessionId)).toMatchObject({
        head: { seq: 4 },
        claim: { owner: d.ownerId, fence: 1, takenSeq: 4 },
        execution: { executionId: d.executionId, state: "open" },
        step: { stepId: d.stepId },
        inputs: [],
      });
      expect(await store.admission({ sessionId: d.sessionId, idempotencyKey: "rich" })).toMatchObject({ seq: 1 });
      expect(await store.blob(plan.blobs?.[0]?.hash ?? "")).toBe(longText);
    });

    it.each(broken)("law 3 atomic: leaves nothing of a plan %s", async (_, code, spoil) => {
      await using store = await subject.create();
      const d = createDrafts("half");
      await store.commit(createPlan(d));
      const before = await readWholeSession(store, d.sessionId);
      await expectRefused(store, spoil(richPlan(d), d), code);
      expect(await readWholeSession(store, d.sessionId)).toEqual(before);
      // Nothing of it stands in the way of the same plan, made right: no ID, no key, no claim.
      expect(await store.commit(richPlan(d))).toMatchObject({ status: "committed", claim: { fence: 1 } });
      expect(await verifySession(store, d.sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
    });

    it("law 3 atomic: leaves no session of a plan that creates one and fails at its second event", async () => {
      await using store = await subject.create();
      const d = createDrafts("half");
      await expectRefused(
        store,
        { sessionId: d.sessionId, events: [d.sessionCreated(), d.promoted()], claim: takeClaim(d) },
        "store.condition-failed",
      );
      expect(await store.head(d.sessionId)).toBeNull();
      expect(await store.sessions({ limit: 10 })).toEqual([]);
      await store.commit(createPlan(d));
    });

    it("law 3 atomic: plans that fail among others at once take nothing of the others with them", async () => {
      await using store = await subject.create();
      const all = Array.from({ length: 24 }, (_, index) => createDrafts(`many${index}`));
      await Promise.all(all.map((d) => store.commit(createPlan(d))));
      const plans = all.map((d, index) => {
        const spoil = index % 2 === 0 ? undefined : broken[Math.floor(index / 2) % broken.length]?.[2];
        return spoil === undefined ? richPlan(d) : spoil(richPlan(d), d);
      });
      const results = await Promise.allSettled(plans.map((plan) => store.commit(plan)));
      for (const [index, d] of all.entries()) {
        const good = index % 2 === 0;
        expect(results[index]?.status).toBe(good ? "fulfilled" : "rejected");
        expect(await readLog(store, d.sessionId)).toHaveLength(good ? 5 : 1);
        expect((await store.snapshot(d.sessionId))?.claim?.fence).toBe(good ? 1 : undefined);
        expect((await store.admission({ messageId: d.inputId })) === null).toBe(!good);
        expect(await verifySession(store, d.sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
      }
    });

    it("law 3 atomic: a plan without events changes its claim alone", async () => {
      await using store = await subject.create();
      const d = createDrafts("empty");
      const { head } = await store.commit(createPlan(d));
      const result = await store.commit({ sessionId: d.sessionId, events: [], claim: takeClaim(d) });
      expect(result).toMatchObject({ status: "committed", events: [], head, claim: { fence: 1, takenSeq: 0 } });
      expect(await store.head(d.sessionId)).toEqual(head);
    });

    itReopens(subject, "law 3 atomic: what was acknowledged is there in a store opened anew, whole", async (reopen) => {
      const d = createDrafts("anew");
      const first = await subject.create();
      await first.commit(createPlan(d));
      await first.commit(richPlan(d));
      await expectRefused(first, startPlan(d), "store.fenced");
      await first.commit(admitPlan(d.turn(2)));
      const before = await readWholeSession(first, d.sessionId);
      const { storeId } = first;
      await first[Symbol.asyncDispose]();
      await using second = await reopen(first);
      expect(second.storeId).toBe(storeId);
      expect(await readWholeSession(second, d.sessionId)).toEqual(before);
      expect(await second.blob(richPlan(d).blobs?.[0]?.hash ?? "")).toBe(longText);
      expect(await second.commit(richPlan(d))).toMatchObject({ status: "replayed", admission: { seq: 1 } });
    });
  });
};
