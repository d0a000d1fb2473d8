import { canonicalJson } from "@holdfast/core";
import { genesisHash } from "@holdfast/core/event";
import { maxEventsPerPage, verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, ownerPlan, startPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { commitAll, conversationPlans } from "./conversation.ts";
import { itSharesStore } from "./needs.ts";
import { expectRefused } from "./refused.ts";
import { readLog } from "./whole-session.ts";

import type { JsonValue } from "@holdfast/core";
import type { CommitPlan } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";
import type { StoreSubject } from "./store-subject.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

const pairPlan = (d: Drafts, number: number): CommitPlan => ({
  sessionId: d.sessionId,
  events: [d.turn(number).admitted(), d.turn(number + 1_000).admitted()],
});

/** Laws 1, 2, 8 and 9: the log itself. */
export const describeLog = (subject: StoreSubject): void => {
  describe("log", () => {
    it("law 1 gapless: numbers events from 0, whatever plan they came in", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      await commitAll(store, conversationPlans(d));
      const log = await readLog(store, d.sessionId);
      expect(log.map(({ seq }) => seq)).toEqual(range(0, log.length));
      expect(log.map(({ sessionId }) => sessionId)).toEqual(log.map(() => d.sessionId));
      const ids = conversationPlans(createDrafts("log")).flatMap(({ events }) => events.map(({ id }) => id));
      expect(log.map(({ id }) => id)).toEqual(ids);
    });

    it("law 1 gapless: 50 commits at once leave no gap, repeat no seq and keep each plan together", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      await store.commit(createPlan(d));
      const plans = range(0, 50).map((number) => pairPlan(d, number));
      const results = await Promise.all(plans.map((plan) => store.commit(plan)));
      const log = await readLog(store, d.sessionId);
      expect(log.map(({ seq }) => seq)).toEqual(range(0, 101));
      for (const [index, result] of results.entries()) {
        const first = result.status === "committed" ? (result.events[0]?.seq ?? -1) : -1;
        expect(result).toMatchObject({ status: "committed", events: log.slice(first, first + 2) });
        expect(result.head).toEqual({ seq: first + 1, hash: log[first + 1]?.hash });
        expect(log.slice(first, first + 2).map(({ id }) => id)).toEqual(plans[index]?.events.map(({ id }) => id));
      }
      expect((await verifySession(store, d.sessionId, sha256)).chain).toEqual([]);
    });

    it("law 1 gapless: plans that are refused among others leave no gap", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      await store.commit(createPlan(d));
      const plans = range(0, 60).map((number) =>
        number % 3 === 1
          ? { sessionId: d.sessionId, events: [d.turn(number).admitted(), d.sessionCreated()] }
          : pairPlan(d, number),
      );
      const results = await Promise.allSettled(plans.map((plan) => store.commit(plan)));
      expect(results.map(({ status }) => status)).toEqual(
        plans.map((_, number) => (number % 3 === 1 ? "rejected" : "fulfilled")),
      );
      expect((await readLog(store, d.sessionId)).map(({ seq }) => seq)).toEqual(range(0, 81));
      const { chain, projections } = await verifySession(store, d.sessionId, sha256);
      expect([chain, projections]).toEqual([[], []]);
    });

    it("law 1 gapless: each session has seqs of its own", async () => {
      await using store = await subject.create();
      const all = ["loga", "logb", "logc"].map((seed) => createDrafts(seed));
      await Promise.all(all.map((d) => store.commit(createPlan(d))));
      await Promise.all(range(1, 11).flatMap((turn) => all.map((d) => store.commit(admitPlan(d.turn(turn))))));
      for (const d of all) expect((await readLog(store, d.sessionId)).map(({ seq }) => seq)).toEqual(range(0, 11));
    });

    itSharesStore(subject, "law 1 gapless: two that have it open commit by turns without a gap", async (alongside) => {
      await using one = await subject.create();
      await using two = await alongside(one);
      const d = createDrafts("log");
      await one.commit(createPlan(d));
      await Promise.all(range(0, 60).map((number) => (number % 2 === 0 ? one : two).commit(pairPlan(d, number))));
      const log = await readLog(one, d.sessionId);
      expect(log.map(({ seq }) => seq)).toEqual(range(0, 121));
      expect(await readLog(two, d.sessionId)).toEqual(log);
    });

    it("law 1 gapless: pages of events begin after the seq that they are asked for, and hold at most 500", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      await store.commit(createPlan(d));
      await store.commit({ sessionId: d.sessionId, events: range(1, 521).map((turn) => d.turn(turn).admitted()) });
      const page = async (after: number, limit: number) =>
        (await store.events({ sessionId: d.sessionId, after, limit })).map(({ seq }) => seq);
      expect(await page(-1, 3)).toEqual([0, 1, 2]);
      expect(await page(2, 2)).toEqual([3, 4]);
      expect(await page(518, 10)).toEqual([519, 520]);
      expect(await page(520, 10)).toEqual([]);
      expect(await page(10_000, 10)).toEqual([]);
      expect(await page(-1, 10_000)).toEqual(range(0, maxEventsPerPage));
    });

    it("law 2 sealed: each event holds the hash of the one before, and the first holds zeros", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      await commitAll(store, conversationPlans(d));
      const log = await readLog(store, d.sessionId);
      expect(log.map(({ prevHash }) => prevHash)).toEqual([genesisHash, ...log.slice(0, -1).map(({ hash }) => hash)]);
      expect(await store.head(d.sessionId)).toEqual({ seq: log.length - 1, hash: log.at(-1)?.hash });
    });

    it("law 2 sealed: an event's hash is over its envelope as it reads back", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      await commitAll(store, conversationPlans(d));
      await store.commit(
        admitPlan(d.turn(9), {
          text: 'quotes " and \\, a zero \u0000, lines \r\n\u2028, 😀 and é',
          metadata: { z: 1e21, a: -0, "10": [], "9": { nested: [null, 0.1] }, é: "" },
        }),
      );
      for (const { hash, ...envelope } of await readLog(store, d.sessionId)) {
        expect(hash).toBe(sha256(canonicalJson(envelope as unknown as JsonValue)));
      }
    });

    it("law 2 sealed: what a commit returns is what is read", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      const returned = [];
      for (const plan of conversationPlans(d)) {
        const result = await store.commit(plan);
        expect(await store.head(d.sessionId)).toEqual(result.head);
        if (result.status === "committed") returned.push(...result.events);
      }
      expect(await readLog(store, d.sessionId)).toStrictEqual(returned);
    });

    it("law 8 expected: refuses a plan that expects another end of the log, and takes one that expects this", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      await expectRefused(store, { ...createPlan(d), expectedSeq: 0 }, "store.sequence-conflict");
      await store.commit(createPlan(d));
      await store.commit(admitPlan(d));
      for (const expectedSeq of [-1, 0, 2, 100]) {
        await expectRefused(store, { ...admitPlan(d.turn(2)), expectedSeq }, "store.sequence-conflict");
      }
      expect(await store.commit({ ...admitPlan(d.turn(2)), expectedSeq: 1 })).toMatchObject({ head: { seq: 2 } });
    });

    it("law 8 expected: of 20 plans at once that expect the same end, one wins", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      await store.commit(createPlan(d));
      const plans = range(1, 21).map((turn) => ({ ...admitPlan(d.turn(turn)), expectedSeq: 0 }));
      const results = await Promise.allSettled(plans.map((plan) => store.commit(plan)));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const result of results) {
        if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "store.sequence-conflict" });
      }
      expect(await store.head(d.sessionId)).toMatchObject({ seq: 1 });
    });

    it("law 8 expected: of 10 that create one session at once, one wins", async () => {
      await using store = await subject.create();
      const d = createDrafts("log");
      const results = await Promise.allSettled(range(0, 10).map(() => store.commit(createPlan(d))));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await readLog(store, d.sessionId)).toHaveLength(1);
    });

    it.each<readonly [string, (d: Drafts) => CommitPlan]>([
      ["admits an input", (d) => admitPlan(d)],
      ["takes its claim", (d) => startPlan(d)],
      ["writes under a claim", (d) => ownerPlan(d, [d.promoted()])],
      ["interrupts it", (d) => ({ sessionId: d.sessionId, events: [d.interruptRequested()] })],
      ["writes nothing", (d) => ({ sessionId: d.sessionId, events: [] })],
      ["creates it too late", (d) => ({ sessionId: d.sessionId, events: [d.admitted(), d.sessionCreated()] })],
      ["expects it to be empty", (d) => ({ ...admitPlan(d), expectedSeq: -1 })],
    ])("law 9 known: refuses a plan for an unknown session that %s", async (_, plan) => {
      await using store = await subject.create();
      await store.commit(createPlan(createDrafts("other")));
      await expectRefused(store, plan(createDrafts("nobody")), "session.not-found");
    });

    it("law 9 known: reads nothing of an unknown session", async () => {
      await using store = await subject.create();
      const { sessionId, inputId } = createDrafts("nobody");
      const events = await store.events({ sessionId, after: -1, limit: 10 });
      const history = await store.history({ sessionId, after: -1, limit: 10 });
      expect([await store.head(sessionId), await store.session(sessionId), await store.snapshot(sessionId)]).toEqual([
        null,
        null,
        null,
      ]);
      expect([events, history, await store.admission({ messageId: inputId })]).toEqual([[], null, null]);
      expect(Object.values(await store.rows(sessionId)).flat()).toEqual([]);
    });
  });
};
