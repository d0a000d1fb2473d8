import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { takePlan } from "./claim-plans.ts";
import { readMessages } from "./fold.ts";
import { itReopens } from "./needs.ts";
import { expectRefused } from "./refused.ts";
import { createSource, expectImportRefused, readImportGround, resealFrom } from "./transfers.ts";
import { readLog } from "./whole-session.ts";

import type { EventId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const intact = { chain: [], projections: [] };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

const expectSame = async (store: Store, source: Awaited<ReturnType<typeof createSource>>): Promise<void> => {
  const { sessionId } = source.batch();
  expect(await readLog(store, sessionId)).toEqual(source.log);
  expect(await store.rows(sessionId)).toEqual(await source.store.rows(sessionId));
  expect(await readMessages(store, sessionId)).toEqual(await readMessages(source.store, sessionId));
  expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
};

/** Law 17, of what is taken. */
export const describeImported = (subject: StoreSubject): void => {
  describe("import", () => {
    it("law 17 imported: a whole log is kept word for word, with its rows, messages and texts", async () => {
      await using store = await subject.create();
      const source = await createSource(createDrafts("imp"));
      const head = await source.store.head(source.batch().sessionId);
      expect(await store.import(source.batch())).toEqual({
        status: "imported",
        head,
        added: source.log.length,
        duplicates: 0,
      });
      await expectSame(store, source);
      for (const { hash, text } of source.blobs) expect(await store.blob(hash)).toBe(text);
    });

    it.each([1, 7, 20])("law 17 imported: stretches of %i events come to the same", async (size) => {
      await using store = await subject.create();
      const source = await createSource(createDrafts("imp"));
      for (let from = 0; from < source.log.length; from += size) await store.import(source.batch(from, from + size));
      await expectSame(store, source);
    });

    it("law 17 imported: exact duplicates are passed over, alone or before what is new", async () => {
      await using store = await subject.create();
      const source = await createSource(createDrafts("imp"));
      await store.import(source.batch(0, 20));
      const before = await readImportGround(store, source.batch());
      expect(await store.import(source.batch(0, 20))).toMatchObject({ added: 0, duplicates: 20, head: { seq: 19 } });
      expect(await store.import(source.batch(5, 9))).toMatchObject({ status: "imported", added: 0, duplicates: 4 });
      expect(await store.import(source.batch(9, 9))).toMatchObject({ status: "imported", added: 0, duplicates: 0 });
      expect(await readImportGround(store, source.batch())).toEqual(before);
      expect(await store.import(source.batch(10))).toMatchObject({ added: source.log.length - 20, duplicates: 10 });
      await expectSame(store, source);
    });

    it("law 17 imported: of the same import 10 times at once, one adds and the others find it there", async () => {
      await using store = await subject.create();
      const source = await createSource(createDrafts("imp"));
      const results = await Promise.all(numbers(10).map(() => store.import(source.batch())));
      expect(results.filter(({ added }) => added > 0)).toHaveLength(1);
      await expectSame(store, source);
    });

    it("law 17 imported: an event that this version does not know and may pass over is kept, and changes no row", async () => {
      await using store = await subject.create();
      const source = await createSource(createDrafts("imp"));
      const rows = await source.store.rows(source.batch().sessionId);
      const [last] = source.log.slice(-1);
      if (last === undefined) throw new Error("a conversation has events");
      const data = { $blob: "f".repeat(64), bytes: 3, note: "é😀" };
      const noted = { id: "evt_noted" as EventId, seq: last.seq + 1, type: "acme.noted", version: 7, data };
      const tail = [last, { ...last, seq: last.seq + 1 }];
      const events = resealFrom(tail, last.seq + 1, { ...noted, ignorable: true, fence: null });
      await store.import(source.batch());
      expect(await store.import({ ...source.batch(), events })).toMatchObject({ added: 1, duplicates: 1 });
      expect((await readLog(store, last.sessionId)).at(-1)).toEqual(events[1]);
      expect(await store.rows(source.batch().sessionId)).toEqual(rows);
      expect(await verifySession(store, source.batch().sessionId, sha256)).toMatchObject(intact);
    });

    it("law 17 imported: its identities are known as in its source, and an exact retry is one when it is released", async () => {
      await using store = await subject.create();
      const d = createDrafts("imp");
      const source = await createSource(d);
      await store.import(source.batch());
      const key = { sessionId: d.sessionId, idempotencyKey: "key 1" };
      for (const identity of [key, { messageId: d.inputId }, { messageId: d.turn(3).inputId }]) {
        expect(await store.admission(identity)).toEqual(await source.store.admission(identity));
      }
      expect(await store.admission(key)).toMatchObject({ messageId: d.inputId, delivery: "steer", disposition: null });
      await store.commit({ sessionId: d.sessionId, events: [], release: true });
      expect(await store.commit(admitPlan(d.turn(9), { idempotencyKey: "key 1" }))).toMatchObject({
        status: "replayed",
        admission: { messageId: d.inputId, seq: 1, hash: source.log[1]?.hash },
      });
    });

    it("law 17 imported: an identity that another session has is refused where a key would be lost, else passed over", async () => {
      await using store = await subject.create();
      const [d, other] = [createDrafts("imp"), createDrafts("other")];
      const source = await createSource(d);
      await store.commit(createPlan(other));
      await store.commit(admitPlan(other, { messageId: d.turn(3).inputId }));
      await store.import(source.batch());
      expect(await store.admission({ messageId: d.turn(3).inputId })).toMatchObject({ sessionId: other.sessionId });
      await using second = await subject.create();
      await second.commit(createPlan(other));
      await second.commit(admitPlan(other, { messageId: d.inputId }));
      await expectImportRefused(second, source.batch(), { code: "input.conflict", data: { seq: 1 } });
    });

    it("law 17 imported: a new fence is greater than any in the log", async () => {
      await using store = await subject.create();
      const d = createDrafts("imp");
      const source = await createSource(d);
      await store.import(source.batch());
      const claim = (await store.snapshot(d.sessionId))?.claim ?? null;
      expect(claim).toMatchObject({ owner: null, fence: 5 });
      const taken = (fence: number) => ({
        ...takePlan(d, { fence, expected: { owner: null, fence: 5, counter: null } }),
        release: true as const,
      });
      await expectRefused(store, taken(5), "store.fenced");
      expect(await store.commit(taken(6))).toMatchObject({ claim: { owner: d.ownerId, fence: 6 } });
    });

    it("law 17 imported: watchers hear of what is new, and of nothing else", async () => {
      await using store = await subject.create();
      const source = await createSource(createDrafts("imp"));
      const heard: (number | undefined)[] = [];
      using _ = store.watch(source.batch().sessionId, (events) => heard.push(events?.length));
      await store.import(source.batch(0, 9));
      await store.import(source.batch(0, 9));
      await store.import(source.batch(5, 12));
      expect(heard).toEqual([9, 3]);
    });

    it("law 17 imported: a native session is the store's own from the start", async () => {
      await using store = await subject.create();
      const d = createDrafts("imp");
      const source = await createSource(d);
      await store.import({ ...source.batch(), as: "native" });
      expect((await store.snapshot(d.sessionId))?.replica).toBeNull();
      expect(await store.commit(admitPlan(d.turn(9)))).toMatchObject({ status: "committed" });
      await expectImportRefused(store, { ...source.batch(), as: "native" }, { code: "import.not-replica" });
    });

    it("law 17 imported: what is kept shares nothing with what was given", async () => {
      await using store = await subject.create();
      const source = await createSource(createDrafts("imp"));
      const batch = source.batch();
      const work = store.import(batch);
      for (const event of batch.events) Object.assign(event.data, { changed: true });
      await work;
      await expectSame(store, source);
    });

    itReopens(subject, "law 17 imported: what was imported is there when the store is opened anew", async (reopen) => {
      const first = await subject.create();
      const source = await createSource(createDrafts("imp"));
      await first.import({ ...source.batch(), replayOwner: "node a" });
      const { whole } = await readImportGround(first, source.batch());
      await first[Symbol.asyncDispose]();
      await using second = await reopen(first);
      await expectSame(second, source);
      expect((await readImportGround(second, source.batch())).whole).toEqual(whole);
    });
  });
};
