import { HoldfastError } from "@holdfast/core";
import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, ownerPlan, startPlan, turnEvents } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { commitAll } from "./conversation.ts";
import { describe } from "./kit-case.ts";
import { itHasFault } from "./needs.ts";
import { readLog, readWholeSession } from "./whole-session.ts";

import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const intact = { chain: [], projections: [] };
const d = createDrafts("disk");
const { sessionId } = d;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** What is told when the disk fails: never "there is none". */
const told = ["store.io", "store.corrupt", "store.busy"];

const reads: readonly ((store: Store) => Promise<unknown>)[] = [
  (store) => store.head(sessionId),
  (store) => store.floor(sessionId),
  (store) => store.events({ sessionId, after: -1, limit: 10 }),
  (store) => store.session(sessionId),
  (store) => store.sessions({ limit: 10 }),
  (store) => store.snapshot(sessionId),
  (store) => store.history({ sessionId, after: -1, limit: 10 }),
  (store) => store.admission({ messageId: d.inputId }),
  (store) => store.rows(sessionId),
  (store) => store.workloads({ runtime: "test", limit: 10 }),
  (store) => store.blob("0".repeat(64)),
  (store) => store.readOutput({ sessionId, callId: d.callId, attempt: 1 }, { offset: 0, limit: 1 }),
];

/** A disk that cannot be read, and one that is slow. */
export const describeDisk = (subject: StoreSubject): void => {
  describe("disk", () => {
    itHasFault(
      [subject, "breakReads"],
      "law 11 consistent: a read that the disk fails is refused, and never answered with less",
      async (make) => {
        const { store: made, begin } = await make();
        await using store = made;
        await commitAll(store, [createPlan(d), admitPlan(d), startPlan(d, turnEvents(d))]);
        const before = await readWholeSession(store, sessionId);
        {
          await using _broken = await begin();
          for (const read of reads) {
            const answer: unknown = await read(store).catch((error: unknown) => error);
            expect(HoldfastError.isInstance(answer) ? answer.code : answer).toBeOneOf(told);
          }
        }
        expect(await readWholeSession(store, sessionId)).toEqual(before);
      },
    );

    itHasFault(
      [subject, "breakReads"],
      "law 3 atomic: of a plan that the disk fails nothing is kept, or it is answered, and it goes on",
      async (make) => {
        const { store: made, begin } = await make();
        await using store = made;
        await commitAll(store, [createPlan(d), admitPlan(d), startPlan(d)]);
        const plans = numbers(5).map((n) => admitPlan(d.turn(n + 1)));
        let answered: readonly boolean[];
        {
          await using _broken = await begin();
          const results = await Promise.allSettled(plans.map((plan) => store.commit(plan)));
          for (const result of results) {
            const reason: unknown = result.status === "rejected" ? result.reason : null;
            if (reason !== null) expect(HoldfastError.isInstance(reason) ? reason.code : reason).toBeOneOf(told);
          }
          answered = results.map(({ status }) => status === "fulfilled");
        }
        const ids = new Set((await readLog(store, sessionId)).map(({ id }) => id));
        expect(plans.map(({ events }) => ids.has(events[0]?.id as never))).toEqual(answered);
        for (const plan of plans) await store.commit(plan);
        await store.commit(ownerPlan(d, [d.promoted()]));
        expect(await readLog(store, sessionId)).toHaveLength(9);
        expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
      },
    );

    itHasFault(
      [subject, "slowDown"],
      "law 10 signalled: on a slow disk too nobody is answered or told before it can be read",
      async (make) => {
        const { store: made, begin } = await make();
        await using store = made;
        await store.commit(createPlan(d));
        await using _slow = await begin();
        const heard: Promise<boolean>[] = [];
        using _watch = store.watch(sessionId, (events) => {
          const seq = events?.at(-1)?.seq ?? Infinity;
          heard.push(store.head(sessionId).then((head) => (head?.seq ?? -1) >= seq));
        });
        const answered = numbers(12).map(async (n) => {
          const { head } = await store.commit(admitPlan(d.turn(n)));
          return ((await store.head(sessionId))?.seq ?? -1) >= head.seq;
        });
        await store.commit(startPlan(d));
        expect(await Promise.all(answered)).toEqual(answered.map(() => true));
        expect(heard).toHaveLength(13);
        expect(await Promise.all(heard)).toEqual(heard.map(() => true));
        const log = await readLog(store, sessionId);
        expect(log.slice(1, 13).map(({ data }) => data["messageId"])).toEqual(
          numbers(12).map((n) => d.turn(n).inputId),
        );
        expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
      },
    );

    itHasFault(
      [subject, "slowDown"],
      "law 15 closed: disposal waits for what a slow disk has not done yet",
      async (make) => {
        const { store, begin } = await make();
        await store.commit(createPlan(d));
        const slow = await begin();
        const commits = numbers(12).map((n) => store.commit(admitPlan(d.turn(n))));
        let done = 0;
        for (const commit of commits)
          void commit.then(
            () => done++,
            () => undefined,
          );
        await store[Symbol.asyncDispose]();
        await Promise.all(commits);
        expect(done).toBe(12);
        await slow[Symbol.asyncDispose]();
      },
    );
  });
};
