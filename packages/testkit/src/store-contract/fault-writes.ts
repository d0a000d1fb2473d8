import { HoldfastError } from "@holdfast/core";
import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, ownerPlan, startPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { recordOf } from "./claim-plans.ts";
import { describe } from "./kit-case.ts";
import { itHasFault } from "./needs.ts";
import { expectCode, expectRefused } from "./refused.ts";
import { createSource } from "./transfers.ts";
import { readLog, readWholeSession } from "./whole-session.ts";

import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const intact = { chain: [], projections: [] };
const d = createDrafts("fault");
const { sessionId, ownerId, callId } = d;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The code of our error that a write was refused with; null where it was done. */
const codeOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => (HoldfastError.isInstance(error) ? error.code : String(error)),
  );

/** Begins a conversation, and says what can be read of it. */
const begin = async (store: Store) => {
  await store.commit(createPlan(d));
  await store.commit(admitPlan(d));
  await store.commit(startPlan(d, [d.promoted(), d.stepStarted(), d.attemptStarted()]));
  return readWholeSession(store, sessionId);
};

/** A second writer, and no room: what holds of writes that cannot be done. */
export const describeRefusedWrites = (subject: StoreSubject): void => {
  describe("busy", () => {
    itHasFault(
      [subject, "makeBusy"],
      "law 3 atomic: while another holds the lock each write is busy, and changes nothing",
      async (make) => {
        const { store: made, begin: hold } = await make();
        await using store = made;
        const before = await begin(store);
        const source = await createSource(createDrafts("busyimport"));
        let signals = 0;
        using _watch = store.watch(sessionId, () => signals++);
        {
          await using _held = await hold();
          await expectRefused(store, admitPlan(d.turn(2), { idempotencyKey: "busy" }), "store.busy");
          await expectRefused(store, ownerPlan(d, [d.text()]), "store.busy");
          await expectCode(store.import(source.batch()), "store.busy");
          await expectCode(store.renew(recordOf(ownerId)), "store.busy");
          await expectCode(store.retire(ownerId), "store.busy");
          await expectCode(store.putOutput({ sessionId, callId, attempt: 1 }, new Uint8Array(9)), "store.busy");
          const codes = await Promise.all(numbers(20).map((n) => codeOf(store.commit(admitPlan(d.turn(n + 10))))));
          expect(codes).toEqual(codes.map(() => "store.busy"));
          // Reading waits for no writer.
          expect(await readWholeSession(store, sessionId)).toEqual(before);
        }
        expect(signals).toBe(0);
        expect(await readWholeSession(store, sessionId)).toEqual(before);
        await store.commit(admitPlan(d.turn(2), { idempotencyKey: "busy" }));
        await store.import(source.batch());
        expect(await readLog(store, sessionId)).toHaveLength(before.log.length + 1);
        expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
      },
    );

    itHasFault(
      [subject, "makeBusy"],
      "law 1 gapless: writes that wait for another's lock are done in their order",
      async (make) => {
        const { store: made, begin: hold } = await make();
        await using store = made;
        const { log } = await begin(store);
        const held = await hold();
        const works = numbers(20).map((n) => codeOf(store.commit(admitPlan(d.turn(n + 10)))));
        await held[Symbol.asyncDispose]();
        const codes = await Promise.all(works);
        const done = numbers(20).filter((_, index) => codes[index] === null);
        expect(codes.filter((code) => code !== null && code !== "store.busy")).toEqual([]);
        const added = (await readLog(store, sessionId)).slice(log.length);
        expect(added.map(({ data }) => data["messageId"])).toEqual(done.map((n) => d.turn(n + 10).inputId));
        expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
      },
    );
  });

  describe("full", () => {
    itHasFault(
      [subject, "fill"],
      "law 3 atomic: without room a write is refused as full, nothing that was answered is lost, and it goes on",
      async (make) => {
        const { store: made, begin: fill } = await make();
        await using store = made;
        const { log } = await begin(store);
        const text = "x".repeat(20_000);
        const plans = numbers(500).map((n) => admitPlan(d.turn(n + 10), { text, idempotencyKey: `key ${n}` }));
        let answered = 0;
        {
          await using _full = await fill();
          let code: string | null = null;
          for (const plan of plans) {
            code = await codeOf(store.commit(plan));
            if (code !== null) break;
            answered += 1;
          }
          expect(code).toBe("store.full");
          const atOnce = plans.slice(answered, answered + 10);
          const results = await Promise.all(atOnce.map((plan) => codeOf(store.commit(plan))));
          for (const refused of results.filter((result) => result !== null)) expect(refused).toBe("store.full");
          const there = new Set((await readLog(store, sessionId)).map(({ id }) => id));
          expect(atOnce.map(({ events }) => there.has(events[0]?.id as never))).toEqual(
            results.map((code) => code === null),
          );
          await expectCode(store.putOutput({ sessionId, callId, attempt: 1 }, new Uint8Array(8_000_000)), "store.full");
          expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
        }
        expect(await store.readOutput({ sessionId, callId, attempt: 1 }, { offset: 0, limit: 1 })).toBeNull();
        const kept = (await readLog(store, sessionId)).length;
        expect(kept).toBeGreaterThanOrEqual(log.length + answered);
        for (const plan of plans.slice(0, 60)) await store.commit(plan);
        expect((await readLog(store, sessionId)).length).toBe(log.length + Math.max(60, kept - log.length));
        expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
      },
    );
  });
};
