import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, ownerPlan, startPlan } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { itReopens, itSharesStore } from "./needs.ts";
import { expectRefused } from "./refused.ts";
import { readLog, readWholeSession } from "./whole-session.ts";

import type { CommitResult, Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const otherHash = "1".repeat(64);
const key = { idempotencyKey: "a key / ☂" };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const countOf = (results: readonly CommitResult[], status: CommitResult["status"]) =>
  results.filter((result) => result.status === status).length;

const created = async (store: Store, seed = "admit") => {
  const d = createDrafts(seed);
  await store.commit(createPlan(d));
  return d;
};

const expectOneAdmitted = async (store: Store, results: readonly CommitResult[]): Promise<void> => {
  expect([countOf(results, "committed"), countOf(results, "replayed")]).toEqual([1, results.length - 1]);
  const { sessionId } = createDrafts("admit");
  const log = await readLog(store, sessionId);
  expect(log.map(({ type }) => type)).toEqual(["session.created", "input.admitted"]);
  const admission = await store.admission({ messageId: log[1]?.data["messageId"] as never });
  for (const result of results) if (result.status === "replayed") expect(result.admission).toEqual(admission);
};

/** Law 7. */
export const describeAdmissions = (subject: StoreSubject): void => {
  describe("admissions", () => {
    it("law 7 admitted once: an exact retry answers with the first one's row and writes nothing", async () => {
      await using store = await subject.create();
      const d = await created(store);
      await store.commit(admitPlan(d, key));
      await store.commit(admitPlan(d.turn(2)));
      const before = await readWholeSession(store, d.sessionId);
      const row = {
        messageId: d.inputId,
        sessionId: d.sessionId,
        ...key,
        payloadHash: "0".repeat(64),
        seq: 1,
        hash: before.log[1]?.hash,
        delivery: "steer",
        disposition: null,
      };
      expect(await store.commit(admitPlan(d, key))).toEqual({
        status: "replayed",
        admission: row,
        head: before.head,
        claim: null,
      });
      expect(await readWholeSession(store, d.sessionId)).toEqual(before);
      expect(await store.admission({ messageId: d.inputId })).toEqual(row);
      expect(await store.admission({ sessionId: d.sessionId, ...key })).toEqual(row);
      expect(await store.admission({ messageId: d.turn(2).inputId })).toMatchObject({ idempotencyKey: null, seq: 2 });
      expect(await store.admission({ sessionId: d.sessionId, idempotencyKey: "another" })).toBeNull();
      expect(await store.admission({ sessionId: createDrafts("other").sessionId, ...key })).toBeNull();
    });

    it("an input is read by its message, whatever became of it, in its own session alone", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const [second, third] = [d.turn(2), d.turn(3)];
      await store.commit(admitPlan(d));
      await store.commit(admitPlan(second));
      await store.commit({ sessionId: d.sessionId, events: [second.withdrawn({ withdraws: 2 })] });
      const { sessionId } = d;
      expect(await store.input({ sessionId, messageId: d.inputId })).toMatchObject({ state: "pending", version: 1 });
      expect(await store.input({ sessionId, messageId: second.inputId })).toMatchObject({
        state: "withdrawn",
        version: 3,
      });
      await store.commit(startPlan(d, [d.promoted()]));
      expect(await store.input({ sessionId, messageId: d.inputId })).toMatchObject({ state: "promoted" });
      expect(await store.input({ sessionId, messageId: third.inputId })).toBeNull();
      const other = createDrafts("other");
      await store.commit(createPlan(other));
      expect(await store.input({ sessionId: other.sessionId, messageId: d.inputId })).toBeNull();
    });

    it("law 7 admitted once: 20 of the same at once admit one input", async () => {
      await using store = await subject.create();
      const d = await created(store);
      await expectOneAdmitted(store, await Promise.all(numbers(20).map(() => store.commit(admitPlan(d)))));
    });

    it("law 7 admitted once: 20 of the same key at once, each with a message of its own, admit one input", async () => {
      await using store = await subject.create();
      const d = await created(store);
      await expectOneAdmitted(
        store,
        await Promise.all(numbers(20).map((n) => store.commit(admitPlan(d.turn(n), key)))),
      );
    });

    itSharesStore(subject, "law 7 admitted once: retries through two that have it open are one", async (alongside) => {
      await using one = await subject.create();
      await using two = await alongside(one);
      const d = await created(one);
      const retries = numbers(20).map((n) => (n % 2 === 0 ? one : two).commit(admitPlan(d.turn(n), key)));
      await expectOneAdmitted(two, await Promise.all(retries));
    });

    it("law 7 admitted once: a retry is known after its input was promoted and its execution has ended", async () => {
      await using store = await subject.create();
      const d = await created(store);
      await store.commit(admitPlan(d, key));
      await store.commit(startPlan(d, [d.promoted()]));
      expect(await store.commit(admitPlan(d, key))).toMatchObject({ status: "replayed", claim: { fence: 1 } });
      await store.commit(endPlan(d));
      expect(await store.commit(admitPlan(d.turn(2), key))).toMatchObject({
        status: "replayed",
        admission: { messageId: d.inputId, seq: 1 },
      });
      expect((await store.snapshot(d.sessionId))?.inputs).toEqual([]);
    });

    it("law 7 admitted once: another payload under the same message or key is a conflict", async () => {
      await using store = await subject.create();
      const d = await created(store);
      await store.commit(admitPlan(d, key));
      await expectRefused(store, admitPlan(d, { payloadHash: otherHash }), "input.conflict");
      await expectRefused(store, admitPlan(d, { ...key, payloadHash: otherHash }), "input.conflict");
      await expectRefused(store, admitPlan(d.turn(2), { ...key, payloadHash: otherHash }), "input.conflict");
    });

    it("law 7 admitted once: of two payloads at once under one key, one is admitted", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const results = await Promise.allSettled(
        numbers(10).map((n) => store.commit(admitPlan(d.turn(n), { ...key, payloadHash: String(n % 2).repeat(64) }))),
      );
      const rejected = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
      expect(rejected).toHaveLength(5);
      for (const reason of rejected) expect(reason).toMatchObject({ code: "input.conflict" });
      expect(await readLog(store, d.sessionId)).toHaveLength(2);
    });

    it("law 7 admitted once: a message is of one session, and a key of each", async () => {
      await using store = await subject.create();
      const [d, other] = [await created(store), await created(store, "other")];
      await store.commit(admitPlan(d, key));
      await expectRefused(store, admitPlan(other, { messageId: d.inputId }), "input.conflict");
      expect(await store.commit(admitPlan(other, key))).toMatchObject({ status: "committed" });
      expect(await store.admission({ sessionId: d.sessionId, ...key })).toMatchObject({ messageId: d.inputId });
      expect(await store.admission({ sessionId: other.sessionId, ...key })).toMatchObject({ messageId: other.inputId });
    });

    it("law 7 admitted once: refuses an input that finds its inbox full, and admits it when there is room", async () => {
      await using store = await subject.create();
      const [d, other] = [await created(store), await created(store, "other")];
      await store.commit(admitPlan(other, {}, 1));
      await store.commit(admitPlan(d, key, 2));
      await store.commit(admitPlan(d.turn(2), { resume: false }, 2));
      await expectRefused(store, admitPlan(d.turn(3), { idempotencyKey: "three" }, 2), "input.inbox-full");
      // A retry of what is in it is no new input.
      expect(await store.commit(admitPlan(d, key, 2))).toMatchObject({ status: "replayed" });
      await store.commit(startPlan(d, [d.promoted()]));
      expect(await store.commit(admitPlan(d.turn(3), { idempotencyKey: "three" }, 2))).toMatchObject({
        status: "committed",
      });
      await expectRefused(store, admitPlan(d.turn(4), {}, 2), "input.inbox-full");
    });

    it("law 7 admitted once: of 12 inputs at once, an inbox of 5 takes 5", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const results = await Promise.allSettled(numbers(12).map((n) => store.commit(admitPlan(d.turn(n), {}, 5))));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
      for (const result of results) {
        if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "input.inbox-full" });
      }
      expect((await store.snapshot(d.sessionId))?.inputs).toHaveLength(5);
    });

    it("law 7 admitted once: an identity whose plan was refused is free", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const plan = admitPlan(d, key);
      await expectRefused(store, { ...plan, events: [...plan.events, d.sessionCreated()] }, "store.condition-failed");
      expect(await store.commit(admitPlan(d, { ...key, payloadHash: otherHash }))).toMatchObject({
        status: "committed",
      });
    });

    it("law 7 admitted once: an admission that an owner writes beside its own events is one too", async () => {
      await using store = await subject.create();
      const d = await created(store);
      await store.commit(startPlan(d));
      const plan = admitPlan(d);
      const both = {
        ...ownerPlan(d, [...plan.events, d.promoted()]),
        ...(plan.admission && { admission: plan.admission }),
      };
      expect(await store.commit(both)).toMatchObject({ status: "committed", head: { seq: 3 } });
      expect(await store.commit(admitPlan(d))).toMatchObject({ status: "replayed", admission: { seq: 2 } });
    });

    itReopens(subject, "law 7 admitted once: a retry is known to a store opened anew", async (reopen) => {
      const first = await subject.create();
      const d = await created(first);
      await first.commit(admitPlan(d, key));
      await first[Symbol.asyncDispose]();
      await using second = await reopen(first);
      expect(await second.commit(admitPlan(d, key))).toMatchObject({ status: "replayed", admission: { seq: 1 } });
      await expectRefused(second, admitPlan(d, { payloadHash: otherHash }), "input.conflict");
    });
  });
};
