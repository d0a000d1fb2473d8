import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, startPlan, turnEvents } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { recordOf } from "./claim-plans.ts";
import { commitAll, conversationPlans } from "./conversation.ts";
import { readWholeSession } from "./whole-session.ts";

import type { Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";
import type { StoreSubject } from "./store-subject.ts";

/** Changes all that can be changed in a value, all the way down. What is frozen cannot, and that is as good. */
const spoil = (value: unknown): void => {
  if (value instanceof Uint8Array) value.fill(0xff);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  for (const [name, member] of Object.entries(value)) {
    spoil(member);
    if (typeof member === "object" && member !== null) continue;
    Reflect.set(value, name, typeof member === "number" ? member + 1_000 : "spoilt");
  }
  if (Array.isArray(value) && !Object.isFrozen(value)) value.length = 0;
  else Reflect.set(value, "added", true);
};

const prepare = async (store: Store): Promise<Drafts> => {
  const d = createDrafts("plain");
  await commitAll(store, conversationPlans(d));
  const next = d.turn(20);
  await store.renew(recordOf(d.ownerId));
  await store.commit(admitPlan(next, { idempotencyKey: "kept", metadata: { deep: { list: [1, { two: 2 }] } } }));
  await store.commit(admitPlan(d.turn(21)));
  const open = turnEvents(next).slice(0, -3);
  await store.commit(startPlan(next, open, { owner: null, fence: 5, counter: null }));
  return d;
};

const reads: readonly (readonly [string, (store: Store, d: Drafts) => Promise<unknown>])[] = [
  ["head", (store, d) => store.head(d.sessionId)],
  ["events", (store, d) => store.events({ sessionId: d.sessionId, after: -1, limit: 500 })],
  ["session", (store, d) => store.session(d.sessionId)],
  ["sessions", (store) => store.sessions({ limit: 10 })],
  ["snapshot", (store, d) => store.snapshot(d.sessionId)],
  ["history", (store, d) => store.history({ sessionId: d.sessionId, after: -1, limit: 200 })],
  ["admission", (store, d) => store.admission({ messageId: d.turn(20).inputId })],
  ["admission by key", (store, d) => store.admission({ sessionId: d.sessionId, idempotencyKey: "kept" })],
  ["rows", (store, d) => store.rows(d.sessionId)],
  ["withdrawn", (store, d) => store.withdrawn({ sessionId: d.sessionId, after: -1, limit: 10 })],
  ["asks", (store) => store.asks({ limit: 10 })],
  ["approvals", (store) => store.approvals({ project: "/srv/project" })],
  ["workloads", (store) => store.workloads({ runtime: "test", limit: 10 })],
];

/** Law 16. */
export const describePlainness = (subject: StoreSubject): void => {
  describe("plainness", () => {
    it.each(reads)("law 16 plain: changing what %s returned changes nothing that is read", async (_, read) => {
      await using store = await subject.create();
      const d = await prepare(store);
      const before = structuredClone(await read(store, d));
      const whole = structuredClone(await readWholeSession(store, d.sessionId));
      spoil(await read(store, d));
      expect(await read(store, d)).toEqual(before);
      expect(await readWholeSession(store, d.sessionId)).toEqual(whole);
    });

    it.each(reads)("law 16 plain: what %s returns is plain data", async (_, read) => {
      await using store = await subject.create();
      const d = await prepare(store);
      const value = await read(store, d);
      expect(value).not.toBeNull();
      expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
    });

    it("law 16 plain: changing a plan after its commit changes nothing that is read", async () => {
      await using store = await subject.create();
      const d = createDrafts("plain");
      // A copy: drafts share some of their defaults.
      const plans = structuredClone(conversationPlans(d));
      await commitAll(store, plans);
      const before = structuredClone(await readWholeSession(store, d.sessionId));
      spoil(plans);
      expect(await readWholeSession(store, d.sessionId)).toEqual(before);
    });

    it("law 16 plain: changing what a commit answered changes nothing that is read, nor the next answer", async () => {
      await using store = await subject.create();
      const d = createDrafts("plain");
      await store.commit(createPlan(d));
      const committed = await store.commit(admitPlan(d));
      const started = await store.commit(startPlan(d));
      const before = structuredClone(await readWholeSession(store, d.sessionId));
      const replay = structuredClone(await store.commit(admitPlan(d)));
      for (const answer of [committed, started, await store.commit(admitPlan(d))]) spoil(answer);
      expect(await readWholeSession(store, d.sessionId)).toEqual(before);
      expect(await store.commit(admitPlan(d))).toEqual(replay);
    });

    it("law 16 plain: a plan and the answer to it share nothing", async () => {
      await using store = await subject.create();
      const d = createDrafts("plain");
      await store.commit(createPlan(d));
      const plan = structuredClone(admitPlan(d, { metadata: { deep: { list: [1, { two: 2 }] } } }));
      const given = structuredClone(plan);
      const answer = await store.commit(plan);
      const answered = structuredClone(answer);
      spoil(plan);
      expect(answer).toEqual(answered);
      const next = structuredClone(admitPlan(d.turn(2), { metadata: { deep: { list: [1, { two: 2 }] } } }));
      const copy = structuredClone(next);
      spoil(await store.commit(next));
      expect(next).toEqual(copy);
      expect(given).not.toEqual(plan);
    });

    it("law 16 plain: a watcher that changes what it is handed changes nothing that is read", async () => {
      await using store = await subject.create();
      const d = createDrafts("plain");
      await store.commit(createPlan(d));
      using _ = store.watch(d.sessionId, spoil);
      await store.commit(admitPlan(d));
      const events = await store.events({ sessionId: d.sessionId, after: 0, limit: 1 });
      expect(events).toMatchObject([{ seq: 1, type: "input.admitted", data: { messageId: d.inputId, resume: true } }]);
    });

    it("law 16 plain: changing a runtime's record, a blob's plan or an output changes nothing that is kept", async () => {
      await using store = await subject.create();
      const d = createDrafts("plain");
      const key = { sessionId: d.sessionId, callId: d.callId, attempt: 1 };
      const [record, content, window] = [recordOf(d.ownerId), Uint8Array.of(1, 2, 3), { offset: 0, limit: 9 }];
      await store.commit(createPlan(d));
      await store.commit(startPlan(d));
      await store.renew(record);
      await store.putOutput(key, content);
      spoil(record);
      spoil(content);
      spoil((await store.readOutput(key, window))?.bytes);
      expect((await store.snapshot(d.sessionId))?.owner).toEqual({ ...recordOf(d.ownerId), counter: 1 });
      expect((await store.readOutput(key, window))?.bytes).toEqual(Uint8Array.of(1, 2, 3));
    });
  });
};
