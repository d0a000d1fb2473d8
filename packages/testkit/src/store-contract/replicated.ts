import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan, startPlan } from "../drafts/plans.ts";
import { createMemoryStore } from "../memory-store/memory-store.ts";
import { describe, it } from "./kit-case.ts";
import { takePlan } from "./claim-plans.ts";
import { itReopens } from "./needs.ts";
import { expectRefused } from "./refused.ts";
import { createSource, expectImportRefused, sourceIn } from "./transfers.ts";
import { readWholeSession } from "./whole-session.ts";

import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const d = createDrafts("rep");
const release = { sessionId: d.sessionId, events: [], release: true } as const;

const ownerOf = async (store: Store) => (await store.snapshot(d.sessionId))?.replica?.replayOwner;

/** Law 18. */
export const describeReplicated = (subject: StoreSubject): void => {
  describe("replicas", () => {
    it("law 18 replicated: a replica takes no plan, not even a retry of what it knows", async () => {
      await using store = await subject.create();
      await store.import((await createSource(d)).batch());
      expect((await store.snapshot(d.sessionId))?.replica).toEqual({ sessionId: d.sessionId, replayOwner: null });
      const expected = { owner: null, fence: 5, counter: null };
      for (const plan of [
        admitPlan(d.turn(9), { idempotencyKey: "new" }),
        admitPlan(d, { idempotencyKey: "key 1" }),
        takePlan(d, { fence: 6, expected }),
        { sessionId: d.sessionId, events: [d.interruptRequested()] },
        { sessionId: d.sessionId, events: [] },
        createPlan(d),
      ]) {
        await expectRefused(store, plan, "session.replica");
      }
    });

    it("law 18 replicated: a replica with open work offers it to nobody until it is released", async () => {
      await using store = await subject.create();
      const origin = createMemoryStore();
      await origin.commit(createPlan(d));
      await origin.commit(admitPlan(d));
      await store.import((await sourceIn(origin, d.sessionId)).batch());
      expect(await store.workloads({ runtime: "test", limit: 10 })).toEqual([]);
      await origin.commit(startPlan(d, [d.promoted()]));
      await store.import((await sourceIn(origin, d.sessionId)).batch());
      expect(await store.workloads({ runtime: "test", limit: 10 })).toEqual([]);
      await store.commit(release);
      expect(await store.workloads({ runtime: "test", limit: 10 })).toMatchObject([
        { sessionId: d.sessionId, execution: { state: "open" }, claim: { owner: null, fence: 1 } },
      ]);
    });

    it("law 18 replicated: a release makes it the store's own, for good", async () => {
      await using store = await subject.create();
      const source = await createSource(d);
      await store.import(source.batch(0, 20));
      const before = await readWholeSession(store, d.sessionId);
      expect(await store.commit(release)).toMatchObject({ status: "committed", head: { seq: 19 }, events: [] });
      const { snapshot, ...rest } = await readWholeSession(store, d.sessionId);
      expect(snapshot).toEqual({ ...before.snapshot, replica: null });
      expect({ ...rest, work: [] }).toMatchObject({ head: before.head, log: before.log, rows: before.rows });
      expect(await store.commit(admitPlan(d.turn(9)))).toMatchObject({ status: "committed", head: { seq: 20 } });
      for (const batch of [source.batch(0, 20), source.batch(20), source.batch(0, 1)]) {
        await expectImportRefused(store, batch, { code: "import.not-replica" });
      }
    });

    it("law 18 replicated: a release and what comes with it are one plan: where it fails, it is a replica still", async () => {
      await using store = await subject.create();
      await store.import((await createSource(d)).batch());
      await expectRefused(store, { ...release, expectedSeq: 3 }, "store.sequence-conflict");
      const fails = [{ op: "require", table: "step", where: { state: "open" }, expect: "some" }] as const;
      await expectRefused(store, { ...release, changes: fails }, "store.condition-failed");
      await expectRefused(store, admitPlan(d.turn(9)), "session.replica");
      const admit = { ...admitPlan(d.turn(9)), release: true } as const;
      expect(await store.commit(admit)).toMatchObject({ status: "committed" });
      expect((await store.snapshot(d.sessionId))?.replica).toBeNull();
    });

    it("law 18 replicated: what is no replica has nothing to release, and takes no events from elsewhere", async () => {
      await using store = await subject.create();
      await expectRefused(store, release, "session.replica");
      await store.commit(createPlan(d));
      await expectRefused(store, release, "session.replica");
      const own = await sourceIn(store, d.sessionId);
      await expectImportRefused(store, own.batch(), { code: "import.not-replica" });
      await expectImportRefused(store, { ...own.batch(), as: "native" }, { code: "import.not-replica" });
      await expectImportRefused(store, (await createSource(d)).batch(1), { code: "import.not-replica" });
    });

    it("law 18 replicated: the first replay owner that is named claims it, and goes on", async () => {
      await using store = await subject.create();
      const source = await createSource(d);
      await store.import(source.batch(0, 5));
      expect(await ownerOf(store)).toBeNull();
      // By duplicates alone, too.
      expect(await store.import({ ...source.batch(0, 5), replayOwner: "a" })).toMatchObject({ duplicates: 5 });
      expect(await ownerOf(store)).toBe("a");
      await store.import({ ...source.batch(5, 10), replayOwner: "a", strict: true });
      await using other = await subject.create();
      await other.import({ ...source.batch(0, 5), replayOwner: "b" });
      expect(await ownerOf(other)).toBe("b");
    });

    it.each([{ replayOwner: "b" }, {}])("law 18 replicated: events from elsewhere (%j) are skipped", async (by) => {
      await using store = await subject.create();
      const source = await createSource(d);
      await store.import({ ...source.batch(0, 5), replayOwner: "a" });
      const before = await readWholeSession(store, d.sessionId);
      const calls: unknown[] = [];
      using _ = store.watch(d.sessionId, () => calls.push(1));
      const skipped = { status: "skipped", head: before.head, added: 0, duplicates: 0 };
      for (const batch of [source.batch(5), source.batch(0, 5), source.batch(9)]) {
        expect(await store.import({ ...batch, ...by })).toEqual(skipped);
      }
      expect(await readWholeSession(store, d.sessionId)).toEqual(before);
      expect(calls).toEqual([]);
      await expectImportRefused(store, { ...source.batch(5), ...by, strict: true }, { code: "import.owner" });
    });

    it("law 18 replicated: of two owners at once, one claims it and the other is skipped", async () => {
      await using store = await subject.create();
      const source = await createSource(d);
      const results = await Promise.all(
        ["a", "b", "c", "d"].map((replayOwner) => store.import({ ...source.batch(), replayOwner })),
      );
      expect(results.map(({ status }) => status).toSorted()).toEqual(["imported", "skipped", "skipped", "skipped"]);
    });

    itReopens(subject, "law 18 replicated: a replica is one when the store is opened anew", async (reopen) => {
      const first = await subject.create();
      await first.import({ ...(await createSource(d)).batch(), replayOwner: "a" });
      await first[Symbol.asyncDispose]();
      await using second = await reopen(first);
      expect(await ownerOf(second)).toBe("a");
      await expectRefused(second, admitPlan(d.turn(9)), "session.replica");
    });
  });
};
