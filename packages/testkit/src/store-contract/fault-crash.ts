import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, endPlan, startPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { commitAll } from "./conversation.ts";
import { readMessages } from "./fold.ts";
import { atEveryPlace, batchesOf, commitBatches, isThere } from "./fault-places.ts";
import { describe } from "./kit-case.ts";
import { itHasFault } from "./needs.ts";
import { pruneUntil, turnPlans } from "./prunes.ts";
import { createSource, readImportGround } from "./transfers.ts";
import { readLog } from "./whole-session.ts";

import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const intact = { chain: [], projections: [] };

/** What holds after the death of the process, at whatever place. */
export const describeCrashes = (subject: StoreSubject): void => {
  describe("crash", () => {
    const title = "law 3 atomic: after the end of the process at any place of a commit nothing is half";
    itHasFault([subject, "crashAt"], `${title}, nothing that was answered is lost, and it goes on`, async (crashAt) => {
      const d = createDrafts("crash");
      const batches = batchesOf(d);
      await atEveryPlace(crashAt, async (store, arm) => {
        await store.commit(createPlan(d));
        arm();
        const answered = await commitBatches(store, batches);
        return async (left) => {
          for (const plan of batches.flat()) {
            const there = await isThere(left, plan);
            if (!there) expect(answered.has(plan)).toBe(false);
            if (!there) await left.commit(plan);
          }
          await left.commit({ sessionId: d.sessionId, events: [d.interruptRequested()] });
          expect(await readLog(left, d.sessionId)).toHaveLength(
            1 + batches.flat().flatMap(({ events }) => events).length + 1,
          );
          expect(await verifySession(left, d.sessionId, sha256)).toMatchObject(intact);
        };
      });
    });

    itHasFault(
      [subject, "crashAt"],
      "law 7 admitted once: a retry after the end of the process admits once",
      async (crashAt) => {
        const d = createDrafts("crash");
        const key = { idempotencyKey: "again" };
        await atEveryPlace(crashAt, async (store, arm) => {
          await store.commit(createPlan(d));
          arm();
          const status = await store.commit(admitPlan(d, key)).then(
            () => ["replayed"],
            () => ["replayed", "committed"],
          );
          return async (left) => {
            expect(status).toContain((await left.commit(admitPlan(d.turn(2), key))).status);
            expect(await readLog(left, d.sessionId)).toHaveLength(2);
            expect((await left.snapshot(d.sessionId))?.inputs).toHaveLength(1);
          };
        });
      },
    );

    itHasFault(
      [subject, "crashAt"],
      "law 10 signalled: nobody was told of what the end of the process undid",
      async (crashAt) => {
        const d = createDrafts("crash");
        await atEveryPlace(crashAt, async (store, arm) => {
          await store.commit(createPlan(d));
          let heard = 0;
          const watch = store.watch(d.sessionId, (events) => (heard = events?.at(-1)?.seq ?? heard));
          arm();
          const plans = [1, 2, 3].map((number) => store.commit(admitPlan(d.turn(number))));
          await Promise.allSettled(plans);
          watch[Symbol.dispose]();
          return async (left) => expect((await left.head(d.sessionId))?.seq).toBeGreaterThanOrEqual(heard);
        });
      },
    );

    itHasFault(
      [subject, "crashAt"],
      "law 17 imported: after the end of the process an import is there, or none of it",
      async (crashAt) => {
        const d = createDrafts("crash");
        const source = await createSource(d);
        const end = source.log.length;
        const ground = async (store: Store) => (await readImportGround(store, source.batch())).whole;
        await atEveryPlace(crashAt, async (store, arm) => {
          await store.import(source.batch(0, end - 6));
          const before = await ground(store);
          arm();
          const answer = await store.import(source.batch(end - 8)).catch(() => null);
          return async (left) => {
            const [{ head }, whole] = [before, source.log.at(-1)];
            const found = await ground(left);
            if (found.head?.seq === head?.seq) expect([answer, found]).toEqual([null, before]);
            else expect(found.head).toEqual({ seq: whole?.seq, hash: whole?.hash });
            await left.import(source.batch(end - 8));
            expect(await readLog(left, d.sessionId)).toEqual(source.log);
            expect(await verifySession(left, d.sessionId, sha256)).toMatchObject(intact);
          };
        });
      },
    );

    itHasFault(
      [subject, "crashAt"],
      "law 19 pruned: the end of the process in a pruning loses nothing, and the next goes on",
      async (crashAt) => {
        const d = createDrafts("crash");
        const plans = [createPlan(d), ...turnPlans(d, 1), ...turnPlans(d.turn(2), 2)];
        await atEveryPlace(crashAt, async (store, arm) => {
          await commitAll(store, plans);
          const log = await readLog(store, d.sessionId);
          const messages = await readMessages(store, d.sessionId);
          const end = log.find(({ type }) => type === "execution.ended")?.seq ?? 0;
          arm();
          await pruneUntil(store, d.sessionId, end).catch(() => null);
          return async (left) => {
            const from = ((await left.floor(d.sessionId))?.seq ?? -1) + 1;
            expect(await readLog(left, d.sessionId)).toEqual(log.slice(from));
            expect(await readMessages(left, d.sessionId, 1)).toEqual(messages);
            expect(await verifySession(left, d.sessionId, sha256)).toMatchObject(intact);
            await pruneUntil(left, d.sessionId);
            expect(await readLog(left, d.sessionId)).toEqual([]);
            expect(await readMessages(left, d.sessionId)).toEqual(messages);
            const third = d.turn(3);
            const expected = { owner: null, fence: 2, counter: null };
            await commitAll(left, [admitPlan(third), startPlan(third, [third.promoted()], expected)]);
            await left.commit(endPlan(third, { owner: d.ownerId, fence: 3 }));
            expect(await verifySession(left, d.sessionId, sha256)).toMatchObject(intact);
          };
        });
      },
    );
  });
};
