import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { describe, it } from "./kit-case.ts";
import { expectRefused } from "./refused.ts";

import type { StoreSubject } from "./store-subject.ts";

/** What a store is asked that makes no sense: refused by code, and nothing is changed. */
export const describeOddArguments = ({ create }: StoreSubject): void => {
  describe("what makes no sense", () => {
    it.each([0, -1, 1.5, Number.NaN, Infinity])("a page of %d is refused", async (limit) => {
      await using store = await create();
      const drafts = createDrafts("odd");
      await store.commit(createPlan(drafts));
      const { sessionId } = drafts;
      for (const page of [
        store.events({ sessionId, after: -1, limit }),
        store.history({ sessionId, after: -1, limit }),
        store.sessions({ limit }),
        store.workloads({ runtime: "test", limit }),
        store.asks({ limit }),
        store.withdrawn({ sessionId, after: -1, limit }),
      ])
        await expect(page).rejects.toMatchObject({ code: "argument.invalid" });
    });

    it("a text under a name that is not its hash is refused as missing", async () => {
      await using store = await create();
      const drafts = createDrafts("odd");
      await store.commit(createPlan(drafts));
      const plan = admitPlan(drafts);
      const blobs = [{ hash: sha256("one"), bytes: 3, text: "two" }];
      await expectRefused(store, { ...plan, blobs }, "store.blob-missing");
      expect(await store.blob(sha256("one"))).toBeNull();
    });

    it("a session that is created for an identity of another session is a conflict", async () => {
      await using store = await create();
      const drafts = createDrafts("odd");
      await store.commit(createPlan(drafts));
      const admitted = admitPlan(drafts);
      await store.commit(admitted);
      const other = createDrafts("other");
      const creation = createPlan(other);
      const plan = { ...admitted, sessionId: other.sessionId, events: [...creation.events, ...admitted.events] };
      await expectRefused(store, plan, "input.conflict");
      expect(await store.head(other.sessionId)).toBeNull();
    });

    it("a version that no catalogue has is refused, and so is half an emoji, and the log goes on", async () => {
      await using store = await create();
      const drafts = createDrafts("odd");
      const { head } = await store.commit(createPlan(drafts));
      const [event] = admitPlan(drafts).events;
      const plan = admitPlan(drafts);
      const unknown = { ...plan, events: [{ ...event, version: 2 }] } as typeof plan;
      await expectRefused(store, unknown, "event.invalid-data");
      const cut = { ...plan, events: [{ ...event, data: { ...event?.data, text: "\ud83d" } }] } as typeof plan;
      await expectRefused(store, cut, "event.invalid-data");
      expect(await store.head(drafts.sessionId)).toEqual(head);
      expect((await store.commit(plan)).status).toBe("committed");
    });
  });
};
