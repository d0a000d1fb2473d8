import { planPrune, pruneSessions, verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, startPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { commitAll } from "./conversation.ts";
import { readMessages } from "./fold.ts";
import { itKeepsLaws, itReopens, itSharesStore } from "./needs.ts";
import { expectRefused } from "./refused.ts";
import { commitLong, expectPruneRefused, planUntil, pruneUntil, turnPlans } from "./prunes.ts";
import { createSource } from "./transfers.ts";
import { readLog, readWholeSession } from "./whole-session.ts";

import type { PrunePlan, Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const intact = { chain: [], projections: [] };
const d = createDrafts("prune");
const { sessionId } = d;

const grown = async (store: Store): Promise<Store> => {
  await commitLong(store, d);
  return store;
};

/** The ends of executions at which nothing was open, and the one at which an input was. */
const endsOf = async (store: Store): Promise<readonly number[]> =>
  (await readLog(store, sessionId)).filter(({ type }) => type === "execution.ended").map(({ seq }) => seq);

const planned = async (store: Store, seq?: number): Promise<PrunePlan> => {
  const plan = await planUntil(store, sessionId, seq);
  if (plan === null) throw new Error("expected something to prune, found nothing");
  return plan;
};

/** Law 19. */
export const describePruned = (subject: StoreSubject): void => {
  describe("prune", () => {
    it.each([1, 2, 3, 4])(
      "law 19 pruned: at its end %i the log begins there, and nothing else changes",
      async (end) => {
        await using store = await grown(await subject.create());
        const seq = (await endsOf(store))[end] ?? 0;
        const before = await readWholeSession(store, sessionId);
        expect(await pruneUntil(store, sessionId, seq)).toMatchObject({ removedEvents: seq + 1 });
        const after = await readWholeSession(store, sessionId);
        expect(after.log).toEqual(before.log.slice(seq + 1));
        expect(after.floor).toMatchObject({ sessionId, seq, hash: before.log[seq]?.hash });
        const { floor: _floor, log: _log, history: _history, rows, withdrawn, asks, ...others } = after;
        expect(before).toMatchObject(others);
        expect(rows.message).toEqual(before.rows.message);
        expect(rows.session).toEqual(before.rows.session);
        expect(rows.todo).toEqual(before.rows.todo);
        expect(rows.context).toEqual(before.rows.context);
        const gone = [...rows.input, ...rows.block, ...rows.call, ...rows.ask, ...asks];
        expect(gone.filter((row) => "seq" in row && row.seq <= seq)).toEqual([]);
        const { inputId: messageId } = d.turn(4);
        expect(withdrawn).toMatchObject([{ sessionId, messageId, seq: 4, disposition: "withdrawn" }]);
        expect(await verifySession(store, sessionId, sha256)).toEqual({
          events: before.log.length - seq - 1,
          ...intact,
        });
      },
    );

    it("law 19 pruned: an end at which an input waited is no floor", async () => {
      await using store = await grown(await subject.create());
      const [first = 0, second = 0] = await endsOf(store);
      expect(await planUntil(store, sessionId, second - 1)).toBeNull();
      const { floor, ...rest } = await planned(store);
      const hash = (await readLog(store, sessionId))[first]?.hash ?? "";
      await expectPruneRefused(store, { ...rest, floor: { ...floor, seq: first, hash } }, "store.condition-failed");
    });

    it.each([1, 2, 3, 200])("law 19 pruned: messages in pages of %i read as before, at every floor", async (limit) => {
      await using store = await grown(await subject.create());
      const before = await readMessages(store, sessionId);
      for (const seq of (await endsOf(store)).slice(1)) {
        await pruneUntil(store, sessionId, seq);
        expect(await readMessages(store, sessionId, limit)).toEqual(before);
      }
    });

    it("law 19 pruned: reading after an event that is gone begins above the floor", async () => {
      await using store = await grown(await subject.create());
      const log = await readLog(store, sessionId);
      const [, , floor = 0] = await endsOf(store);
      await pruneUntil(store, sessionId, floor);
      for (const after of [-1, 0, floor - 1, floor]) {
        expect(await store.events({ sessionId, after, limit: 3 })).toEqual(log.slice(floor + 1, floor + 4));
      }
      expect(await store.events({ sessionId, after: floor + 2, limit: 3 })).toEqual(log.slice(floor + 3, floor + 6));
      expect(await store.head(sessionId)).toMatchObject({ seq: log.length - 1 });
    });

    it("law 19 pruned: a log that is pruned to its end has its head, and goes on after it", async () => {
      await using store = await grown(await subject.create());
      const head = await store.head(sessionId);
      await pruneUntil(store, sessionId);
      expect(await store.head(sessionId)).toEqual(head);
      expect(await readLog(store, sessionId)).toEqual([]);
      expect(await planUntil(store, sessionId)).toBeNull();
      await commitAll(store, turnPlans(d.turn(30), 9));
      const log = await readLog(store, sessionId);
      expect(log[0]).toMatchObject({ seq: (head?.seq ?? 0) + 1, prevHash: head?.hash });
      expect(await verifySession(store, sessionId, sha256)).toEqual({ events: log.length, ...intact });
      const messages = await readMessages(store, sessionId);
      await pruneUntil(store, sessionId);
      expect(await readMessages(store, sessionId, 2)).toEqual(messages);
      expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 0, ...intact });
    });

    it("law 19 pruned: an identity below the floor is known, and says what became of its input", async () => {
      await using store = await grown(await subject.create());
      const [first, admitted] = await readLog(store, sessionId);
      await pruneUntil(store, sessionId);
      const key = { idempotencyKey: "key 1" };
      const data = { ...key, metadata: { source: { line: 1 }, tags: ["a", null, true, 1.5] } };
      const head = await store.head(sessionId);
      const row = { messageId: d.inputId, seq: 1, hash: admitted?.hash, delivery: "steer", disposition: "promoted" };
      expect(await store.commit(admitPlan(d, data))).toMatchObject({ status: "replayed", admission: row, head });
      expect(await store.commit(admitPlan(d.turn(40), data))).toMatchObject({ status: "replayed", admission: row });
      expect(await store.admission({ sessionId, ...key })).toMatchObject(row);
      const withdrawn = { idempotencyKey: "key 4", messageId: d.turn(4).inputId };
      expect(await store.commit(admitPlan(d, withdrawn))).toMatchObject({
        status: "replayed",
        admission: { messageId: withdrawn.messageId, disposition: "withdrawn" },
      });
      await expectRefused(store, admitPlan(d, { ...key, payloadHash: "1".repeat(64) }), "input.conflict");
      await expectRefused(store, { sessionId, events: [d.sessionCreated()] }, "store.condition-failed");
      expect(first?.type).toBe("session.created");
    });

    it("law 19 pruned: what another session admitted under the message of an input that goes stays as it is", async () => {
      await using store = await grown(await subject.create());
      const source = createDrafts("law19");
      await commitAll(store, [createPlan(source), admitPlan(source)]);
      const open = await store.admission({ messageId: source.inputId });
      expect(open).toMatchObject({ sessionId: source.sessionId });
      const other = createDrafts("law19other");
      const { inputId: messageId } = source;
      const promoted = { ...other.promoted(), data: { ...other.promoted().data, messageId } };
      const admitted = { ...other.admitted(), data: { ...other.admitted().data, messageId } };
      await commitAll(store, [
        createPlan(other),
        { sessionId: other.sessionId, events: [admitted] },
        startPlan(other, [promoted]),
        endPlan(other),
      ]);
      await pruneUntil(store, other.sessionId);
      expect(await store.admission({ messageId })).toEqual(open);
    });

    it("law 19 pruned: refuses a floor that was moved, that is not above, and that is no end", async () => {
      await using store = await grown(await subject.create());
      const [, second = 0, third = 0] = await endsOf(store);
      const [low, high] = [await planned(store, second), await planned(store, third)];
      await store.prune(low);
      await expectPruneRefused(store, high, "store.condition-failed");
      await expectPruneRefused(store, low, "store.condition-failed");
      await expectPruneRefused(store, { ...low, expected: second }, "store.condition-failed");
      const again = await planned(store, third);
      for (const floor of [
        { ...again.floor, hash: "a".repeat(64) },
        { ...again.floor, seq: third - 1 },
        { ...again.floor, seq: third + 1_000 },
        { ...again.floor, sessionId: createDrafts("nobody").sessionId },
      ]) {
        await expectPruneRefused(store, { ...again, floor }, "store.condition-failed");
      }
      expect(await store.prune(again)).toMatchObject({ removedEvents: third - second });
    });

    it("law 19 pruned: what is open above the floor stays as it is", async () => {
      await using store = await grown(await subject.create());
      const next = d.turn(30);
      await store.commit(admitPlan(next));
      const expected = { owner: null, fence: 8, counter: null };
      await store.commit(startPlan(next, [next.promoted(), next.stepStarted()], expected));
      await store.commit(admitPlan(d.turn(31)));
      const before = await store.snapshot(sessionId);
      await pruneUntil(store, sessionId);
      expect(await store.snapshot(sessionId)).toEqual(before);
      expect(await planUntil(store, sessionId)).toBeNull();
      expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
    });

    itKeepsLaws(
      [subject, "imported"],
      "law 19 pruned: every session at once, but for busy ones and replicas",
      async () => {
        await using store = await grown(await subject.create());
        const [small, busy, empty] = [createDrafts("small"), createDrafts("busy"), createDrafts("empty")];
        const foreign = createDrafts("foreign");
        await commitAll(store, [createPlan(small), ...turnPlans(small, 1), createPlan(empty)]);
        await commitAll(store, [createPlan(busy), ...turnPlans(busy, 1)]);
        await store.commit(startPlan(busy.turn(2), [], { owner: null, fence: 1, counter: null }));
        await store.import((await createSource(foreign)).batch());
        const all = [d, small].map(({ sessionId: id }) => store.head(id));
        const removedEvents = (await Promise.all(all)).reduce((sum, head) => sum + (head?.seq ?? 0) + 1, 0);
        const policy = { keepEvents: 0, maxEvents: 10 };
        expect(await pruneSessions(store, policy, sha256)).toMatchObject({
          pruned: 2,
          passedOver: 2,
          removedEvents,
          damaged: [],
        });
        expect(await pruneSessions(store, policy, sha256)).toMatchObject({ pruned: 0, removedEvents: 0 });
        for (const { sessionId: id } of [d, small, busy, empty, foreign]) {
          expect(await verifySession(store, id, sha256)).toMatchObject(intact);
        }
        expect(await store.floor(busy.sessionId)).toBeNull();
      },
    );

    itSharesStore(
      subject,
      "law 19 pruned: of two that prune at once, one does, and readers miss nothing",
      async (open) => {
        await using one = await grown(await subject.create());
        await using two = await open(one);
        const messages = await readMessages(one, sessionId);
        const plan = await planned(one);
        const [first, second, read] = await Promise.all([
          one.prune(plan).catch((error: unknown) => error),
          two.prune(plan).catch((error: unknown) => error),
          readMessages(two, sessionId, 2),
        ]);
        expect([first, second].filter((result) => result instanceof Error)).toHaveLength(1);
        expect(read).toEqual(messages);
        expect(await two.floor(sessionId)).toEqual(plan.floor);
        expect(await verifySession(two, sessionId, sha256)).toMatchObject(intact);
      },
    );

    itReopens(subject, "law 19 pruned: a floor is one when the store is opened anew", async (reopen) => {
      const first = await grown(await subject.create());
      const messages = await readMessages(first, sessionId);
      await pruneUntil(first, sessionId, (await endsOf(first))[2]);
      const whole = await readWholeSession(first, sessionId);
      await first[Symbol.asyncDispose]();
      await using second = await reopen(first);
      expect(await readWholeSession(second, sessionId)).toEqual(whole);
      expect(await readMessages(second, sessionId, 3)).toEqual(messages);
      expect(await planPrune(second, sessionId, { policy: { now: 0, keepEvents: 1 }, hash: sha256 })).not.toBeNull();
    });
  });
};
