import { forkEvents } from "@holdfast/core/session";
import { verifySession } from "@holdfast/core/store";
import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { sha256 } from "../sha256.ts";
import { commitAll, conversationPlans, longText } from "./conversation.ts";
import { d, sessionId, key, window, deletion, left, lastOf } from "./deletions.ts";
import { describe } from "./kit-case.ts";
import { itKeepsLaws } from "./needs.ts";
import { planUntil, pruneUntil } from "./prunes.ts";
import { expectCode } from "./refused.ts";
import { createSource, expectImportRefused } from "./transfers.ts";
import { readLog, readWholeSession } from "./whole-session.ts";

import type { StoreSubject } from "./store-subject.ts";

/** Law 22, of what is imported, pruned and forked: for stores that do all three. */
export const describeDeletedElsewhere = (subject: StoreSubject): void => {
  describe("deletion, and other stores", () => {
    itKeepsLaws([subject, "imported", "pruned"], "law 22 deleted: refuses an import and a pruning", async () => {
      await using store = await subject.create();
      const source = await createSource(d);
      await commitAll(store, conversationPlans(d));
      const plan = await planUntil(store, sessionId);
      if (plan === null) throw new Error("expected something to prune");
      await store.commit(deletion());
      await expectImportRefused(store, source.batch(), { code: "session.deleted", data: { sessionId } });
      await expectImportRefused(store, { ...source.batch(), as: "native" }, { code: "session.deleted" });
      await expectCode(store.prune(plan), "session.deleted");
      expect(await planUntil(store, sessionId)).toBeNull();
    });

    itKeepsLaws(
      [subject, "imported", "pruned"],
      "law 22 deleted: a replica is deleted as it is, and by its source's last event",
      async () => {
        await using store = await subject.create();
        const source = await createSource(d);
        await store.import(source.batch());
        await store.commit(deletion());
        expect(await readWholeSession(store, sessionId)).toEqual(left(await lastOf(store)));

        await using follower = await subject.create();
        await follower.import(source.batch());
        await source.store.commit(deletion());
        const last = await lastOf(source.store);
        expect(await follower.import({ sessionId, events: [last], as: "replica" })).toMatchObject({ added: 1 });
        expect(await readWholeSession(follower, sessionId)).toEqual(left(last));
        await expectImportRefused(follower, { sessionId, events: [last], as: "replica" }, { code: "session.deleted" });
      },
    );

    itKeepsLaws(
      [subject, "imported", "pruned"],
      "law 22 deleted: a pruned session is deleted like another",
      async () => {
        await using store = await subject.create();
        await commitAll(store, conversationPlans(d));
        await pruneUntil(store, sessionId);
        const head = await store.head(sessionId);
        await store.commit(deletion());
        const last = await lastOf(store);
        expect(last.prevHash).toBe(head?.hash);
        expect(await readWholeSession(store, sessionId)).toEqual(left(last));
        expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 1, chain: [], projections: [] });
      },
    );

    itKeepsLaws(
      [subject, "imported", "pruned"],
      "law 22 deleted: a fork stays whole, and its source's outputs with it",
      async () => {
        await using store = await subject.create();
        const fork = createDrafts("fork");
        await commitAll(store, conversationPlans(d));
        await store.putOutput(key, Uint8Array.of(1, 2, 3));
        const log = await readLog(store, sessionId);
        let count = 0;
        const target = {
          sessionId: fork.sessionId,
          time: 1,
          nextId: () => `evt_fork${(count += 1)}` as never,
          hash: sha256,
        };
        await store.import({ sessionId: fork.sessionId, events: forkEvents(log, target), as: "native" });
        const before = await readWholeSession(store, fork.sessionId);
        const other = createDrafts("other");
        await commitAll(store, conversationPlans(other));
        const others = { ...key, sessionId: other.sessionId };
        await store.putOutput(others, Uint8Array.of(4));
        await store.commit(deletion());
        await store.commit(deletion(other));
        // What is removed of the later one is removed after what is of the earlier one.
        await expect.poll(() => store.readOutput(others, window), { timeout: 15_000 }).toBeNull();
        expect((await store.readOutput(key, window))?.size).toBe(3);
        expect(await readWholeSession(store, fork.sessionId)).toEqual(before);
        expect(await store.blob(sha256(longText))).toBe(longText);
        expect(await verifySession(store, fork.sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
      },
    );
  });
};
