import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { createPlan, endPlan, startPlan } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { ownerNamed, recordOf, takePlan } from "./claim-plans.ts";
import { itSharesStore } from "./needs.ts";
import { expectRefused } from "./refused.ts";

import type { Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const d = createDrafts("claim");
const takers = Array.from({ length: 12 }, (_, index) => ownerNamed(`taker${index}`));

const create = async (store: Store): Promise<void> => {
  await store.commit(createPlan(d));
};

const expectOneWinner = async (stores: readonly [Store, ...Store[]], takes: readonly Promise<unknown>[]) => {
  const results = await Promise.allSettled(takes);
  const winners = takers.filter((_, index) => results[index]?.status === "fulfilled");
  expect(winners).toHaveLength(1);
  for (const result of results) {
    if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "store.fenced" });
  }
  for (const store of stores) expect((await store.snapshot(d.sessionId))?.claim?.owner).toBe(winners[0]);
};

/** Law 6. */
export const describeClaims = (subject: StoreSubject): void => {
  describe("claims", () => {
    it("law 6 taken once: of many that take a claim nobody ever had, one wins", async () => {
      await using store = await subject.create();
      await create(store);
      await expectOneWinner(
        [store],
        takers.map((owner) => store.commit(takePlan(d, { owner }))),
      );
    });

    it("law 6 taken once: of many that take it from the same row, one wins", async () => {
      await using store = await subject.create();
      await create(store);
      await store.renew(recordOf(d.ownerId));
      await store.commit(startPlan(d));
      const expected = { owner: d.ownerId, fence: 1, counter: 1 };
      await expectOneWinner(
        [store],
        takers.map((owner, index) => store.commit(takePlan(d, { owner, fence: 2 + index, expected }))),
      );
    });

    itSharesStore(subject, "law 6 taken once: of takers that each have it open, one wins", async (alongside) => {
      await using one = await subject.create();
      await using two = await alongside(one);
      await create(one);
      await expectOneWinner(
        [one, two],
        takers.map((owner, index) => (index % 2 === 0 ? one : two).commit(takePlan(d, { owner }))),
      );
    });

    it.each([
      ["there is none any more", null],
      ["another owner has it", { owner: ownerNamed("somebody"), fence: 3, counter: 2 }],
      ["nobody has it", { owner: null, fence: 3, counter: null }],
      ["its fence is older", { owner: d.ownerId, fence: 2, counter: 2 }],
      ["its fence is newer", { owner: d.ownerId, fence: 4, counter: 2 }],
      ["its owner renewed it less", { owner: d.ownerId, fence: 3, counter: 1 }],
      ["its owner renewed it more", { owner: d.ownerId, fence: 3, counter: 3 }],
      ["its owner was never heard of", { owner: d.ownerId, fence: 3, counter: null }],
    ])("law 6 taken once: refuses a taker that read that %s", async (_, expected) => {
      await using store = await subject.create();
      await create(store);
      await store.renew(recordOf(d.ownerId));
      await store.renew(recordOf(d.ownerId));
      await store.commit(takePlan(d, { fence: 3 }));
      const take = { owner: ownerNamed("late"), fence: 10, expected };
      await expectRefused(store, takePlan(d, take, [d.started()]), "store.fenced");
      const right = { ...take, expected: { owner: d.ownerId, fence: 3, counter: 2 } };
      expect((await store.commit(takePlan(d, right, [d.started()]))).claim).toEqual({
        sessionId: d.sessionId,
        owner: ownerNamed("late"),
        fence: 10,
        recoveries: 0,
        takenSeq: 1,
      });
    });

    it("law 6 taken once: refuses a taker that read a row where there is none", async () => {
      await using store = await subject.create();
      await create(store);
      const expected = { owner: d.ownerId, fence: 1, counter: null };
      await expectRefused(store, takePlan(d, { fence: 2, expected }), "store.fenced");
      await expectRefused(store, takePlan(d, { fence: 2, expected: { ...expected, owner: null } }), "store.fenced");
    });

    it("law 6 taken once: an owner that renews between the look and the take keeps its claim", async () => {
      await using store = await subject.create();
      await create(store);
      await store.renew(recordOf(d.ownerId));
      await store.commit(startPlan(d));
      const seen = await store.snapshot(d.sessionId);
      await store.renew(recordOf(d.ownerId));
      const expected = { owner: d.ownerId, fence: 1, counter: seen?.owner?.counter ?? null };
      await expectRefused(store, takePlan(d, { owner: ownerNamed("late"), fence: 2, expected }), "store.fenced");
    });

    it.each([0, 1, 2, 3])("law 6 taken once: refuses fence %i after fence 3", async (fence) => {
      await using store = await subject.create();
      await create(store);
      await store.commit(takePlan(d, { fence: 3 }));
      const expected = { owner: d.ownerId, fence: 3, counter: null };
      await expectRefused(store, takePlan(d, { owner: ownerNamed("late"), fence, expected }), "store.fenced");
    });

    it("law 6 taken once: a released claim keeps its fence, and is taken from the released row alone", async () => {
      await using store = await subject.create();
      await create(store);
      await store.commit(takePlan(d, { fence: 4, recoveries: 2 }, [d.started()]));
      const { claim } = await store.commit(endPlan(d, { owner: d.ownerId, fence: 4 }));
      expect(claim).toEqual({ sessionId: d.sessionId, owner: null, fence: 4, recoveries: 2, takenSeq: 1 });
      expect((await store.snapshot(d.sessionId))?.claim).toEqual(claim);
      const released = { owner: null, fence: 4, counter: null };
      await expectRefused(store, takePlan(d, { fence: 5 }), "store.fenced");
      await expectRefused(
        store,
        takePlan(d, { fence: 5, expected: { ...released, owner: d.ownerId } }),
        "store.fenced",
      );
      await expectRefused(store, takePlan(d, { fence: 4, expected: released }), "store.fenced");
      const taken = await store.commit(takePlan(d, { fence: 5, expected: released }, [d.turn(2).started()]));
      expect(taken.claim).toMatchObject({ owner: d.ownerId, fence: 5, takenSeq: 3 });
    });

    it("law 6 taken once: claims of two sessions are two", async () => {
      await using store = await subject.create();
      const second = createDrafts("claimb");
      await create(store);
      await store.commit(createPlan(second));
      await store.commit(takePlan(d, { fence: 9 }));
      await store.commit(takePlan(second, { owner: d.ownerId }));
      expect((await store.snapshot(d.sessionId))?.claim?.fence).toBe(9);
      expect((await store.snapshot(second.sessionId))?.claim?.fence).toBe(1);
    });

    it("counts the renewals of an owner from 1, and writes no event for them", async () => {
      await using store = await subject.create();
      await create(store);
      const { head } = await store.commit(startPlan(d));
      const counters = [];
      for (let round = 0; round < 4; round++) {
        counters.push((await store.snapshot(d.sessionId))?.owner?.counter ?? null);
        await store.renew(recordOf(d.ownerId));
        await store.renew(recordOf(ownerNamed("other")));
      }
      expect(counters).toEqual([null, 1, 2, 3]);
      expect((await store.snapshot(d.sessionId))?.owner).toEqual({ ...recordOf(d.ownerId), counter: 4 });
      expect(await store.head(d.sessionId)).toEqual(head);
    });

    it("forgets an owner that retired, whose claim can then be taken without a counter", async () => {
      await using store = await subject.create();
      await create(store);
      await store.renew(recordOf(d.ownerId));
      await store.commit(startPlan(d));
      await store.retire(d.ownerId);
      await store.retire(ownerNamed("nobody"));
      expect((await store.snapshot(d.sessionId))?.owner).toBeNull();
      const late = { owner: ownerNamed("late"), fence: 2 };
      await expectRefused(
        store,
        takePlan(d, { ...late, expected: { owner: d.ownerId, fence: 1, counter: 1 } }),
        "store.fenced",
      );
      await store.commit(takePlan(d, { ...late, expected: { owner: d.ownerId, fence: 1, counter: null } }));
    });
  });
};
