import { toTextValue } from "@holdfast/core/event";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { createPlan, endPlan, startPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { commitAll, longText } from "./conversation.ts";
import { readMessages } from "./fold.ts";
import { commitLong, pruneUntil, turnPlans } from "./prunes.ts";
import { expectRefused } from "./refused.ts";
import { createSource } from "./transfers.ts";

import type { Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";
import type { StoreSubject } from "./store-subject.ts";

const { value, blobs } = toTextValue(longText, sha256);
const hashes = blobs.map(({ hash }) => hash);
const hash = hashes[0] ?? "";

/** A plan whose input has the long text. */
const referring = (d: Drafts) => ({
  sessionId: d.sessionId,
  events: [d.admitted({ text: value }, { blobs: hashes })],
});

/** A turn whose input has the long text. */
const longTurn = async (store: Store, d: Drafts): Promise<void> => {
  await commitAll(store, [createPlan(d), { ...referring(d), blobs }, startPlan(d, [d.promoted()]), endPlan(d)]);
};

/** Law 20. */
export const describeCollected = (subject: StoreSubject): void => {
  describe("collection", () => {
    it("law 20 collected: a text goes with the last event that refers to it, and its message reads on", async () => {
      await using store = await subject.create();
      const d = createDrafts("coll");
      await commitLong(store, d);
      const messages = await readMessages(store, d.sessionId);
      expect(await store.blob(hash)).toBe(longText);
      expect(await pruneUntil(store, d.sessionId)).toMatchObject({ removedBlobs: 1 });
      expect(await store.blob(hash)).toBeNull();
      expect(await readMessages(store, d.sessionId)).toEqual(messages);
      expect(JSON.stringify(messages)).toContain(longText);
    });

    it("law 20 collected: a text to which an event above the floor, or of another session, refers stays", async () => {
      await using store = await subject.create();
      const [one, two, replica] = [createDrafts("collone"), createDrafts("colltwo"), createDrafts("collrep")];
      await longTurn(store, one);
      await longTurn(store, two);
      await store.commit(referring(one.turn(2)));
      const source = await createSource(replica);
      await store.import({ ...source.batch(), blobs: [] });
      expect(await pruneUntil(store, one.sessionId)).toMatchObject({ removedBlobs: 0 });
      expect(await pruneUntil(store, two.sessionId)).toMatchObject({ removedBlobs: 0 });
      expect(await store.blob(hash)).toBe(longText);
      const next = one.turn(2);
      const start = startPlan(next, [next.promoted()], { owner: null, fence: 1, counter: null });
      await commitAll(store, [start, endPlan(next, { owner: one.ownerId, fence: 2 })]);
      expect(await pruneUntil(store, one.sessionId)).toMatchObject({ removedBlobs: 0 });
      await store.commit({ sessionId: replica.sessionId, events: [], release: true });
      expect(await pruneUntil(store, replica.sessionId)).toMatchObject({ removedBlobs: 1 });
      expect(await store.blob(hash)).toBeNull();
    });

    it("law 20 collected: a text that is gone must be sent again", async () => {
      await using store = await subject.create();
      const d = createDrafts("coll");
      await longTurn(store, d);
      await pruneUntil(store, d.sessionId);
      await expectRefused(store, referring(d.turn(2)), "store.blob-missing");
      await store.commit({ ...referring(d.turn(2)), blobs });
      expect(await store.blob(hash)).toBe(longText);
    });

    it("law 20 collected: of prunings and commits at once, no event is left without its text", async () => {
      await using store = await subject.create();
      const all = [1, 2, 3, 4, 5, 6].map((number) => createDrafts(`collc${number}`));
      for (const d of all) await longTurn(store, d);
      const work = all.flatMap((d) => [pruneUntil(store, d.sessionId), store.commit(referring(d.turn(2)))]);
      const results = await Promise.allSettled(work);
      const kept = results.some((result, index) => index % 2 === 1 && result.status === "fulfilled");
      expect(await store.blob(hash)).toBe(kept ? longText : null);
    });

    it("law 20 collected: an output stays while its time is not over, whatever is pruned", async () => {
      await using store = await subject.create();
      const d = createDrafts("coll");
      const key = { sessionId: d.sessionId, callId: d.callId, attempt: 1 };
      await commitAll(store, [createPlan(d), ...turnPlans(d, 1)]);
      await store.putOutput(key, Uint8Array.of(1, 2, 3));
      await pruneUntil(store, d.sessionId);
      expect(await store.readOutput(key, { offset: 0, limit: 9 })).toMatchObject({ bytes: Uint8Array.of(1, 2, 3) });
    });
  });
};
