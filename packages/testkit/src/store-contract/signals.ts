import { expect } from "vitest";

import { createDrafts } from "../drafts/drafts.ts";
import { admitPlan, createPlan } from "../drafts/plans.ts";
import { describe, it } from "./kit-case.ts";
import { itSharesStore } from "./needs.ts";
import { expectRefused } from "./refused.ts";
import { readLog } from "./whole-session.ts";

import type { LogHead, Store } from "@holdfast/core/store";
import type { StoreSubject } from "./store-subject.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const created = async (store: Store, seed = "signal") => {
  const d = createDrafts(seed);
  await store.commit(createPlan(d));
  return d;
};

/** Law 10. */
export const describeSignals = (subject: StoreSubject): void => {
  describe("signals", () => {
    it("law 10 signalled: a watcher can read the commit that it is called for", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const reads: Promise<readonly [LogHead | null, number]>[] = [];
      using _ = store.watch(d.sessionId, (committed) => {
        const last = committed?.at(-1)?.seq ?? -1;
        reads.push(store.head(d.sessionId).then((head) => [head, last] as const));
      });
      await Promise.all(numbers(20).map((n) => store.commit(admitPlan(d.turn(n)))));
      expect(reads).toHaveLength(20);
      for (const [head, last] of await Promise.all(reads)) expect(head?.seq).toBeGreaterThanOrEqual(last);
    });

    itSharesStore(subject, "law 10 signalled: so can a second that has the store open", async (alongside) => {
      await using one = await subject.create();
      await using two = await alongside(one);
      const d = await created(one);
      const reads: Promise<readonly [LogHead | null, number]>[] = [];
      using _ = one.watch(d.sessionId, (committed) => {
        const last = committed?.at(-1)?.seq ?? -1;
        reads.push(two.head(d.sessionId).then((head) => [head, last] as const));
      });
      await Promise.all(numbers(20).map((n) => one.commit(admitPlan(d.turn(n)))));
      for (const [head, last] of await Promise.all(reads)) expect(head?.seq).toBeGreaterThanOrEqual(last);
    });

    it("law 10 signalled: watchers are handed every event of 50 commits at once, in order and once", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const heard: unknown[] = [];
      using _ = store.watch(d.sessionId, (committed) => heard.push(...(committed ?? [])));
      await Promise.all(
        numbers(50).map((n) =>
          store.commit({ sessionId: d.sessionId, events: [d.turn(n).admitted(), d.turn(n + 100).admitted()] }),
        ),
      );
      expect(heard).toEqual((await readLog(store, d.sessionId)).slice(1));
    });

    it("law 10 signalled: one that throws does not harm the commit, nor the other watchers", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const heard: string[] = [];
      using _first = store.watch(d.sessionId, () => heard.push("first"));
      using _thrower = store.watch(d.sessionId, () => {
        throw new Error("a watcher that throws");
      });
      using _last = store.watch(d.sessionId, () => heard.push("last"));
      const results = await Promise.all(numbers(3).map((n) => store.commit(admitPlan(d.turn(n)))));
      expect(results.map(({ head }) => head.seq)).toEqual([1, 2, 3]);
      expect(heard).toEqual(["first", "last", "first", "last", "first", "last"]);
      expect(await readLog(store, d.sessionId)).toHaveLength(4);
    });

    it("law 10 signalled: watchers hear of their session alone", async () => {
      await using store = await subject.create();
      const [d, other] = [await created(store), await created(store, "other")];
      const heard: string[] = [];
      using _one = store.watch(d.sessionId, () => heard.push("one"));
      using _other = store.watch(other.sessionId, () => heard.push("other"));
      await store.commit(admitPlan(other));
      expect(heard).toEqual(["other"]);
    });

    it("law 10 signalled: a session may be watched before it is created", async () => {
      await using store = await subject.create();
      const heard: unknown[] = [];
      using _ = store.watch(createDrafts("signal").sessionId, (committed) => heard.push(committed?.length));
      await created(store);
      expect(heard).toEqual([1]);
    });

    it("law 10 signalled: nobody hears of a plan that was refused or replayed", async () => {
      await using store = await subject.create();
      const d = await created(store);
      await store.commit(admitPlan(d));
      let calls = 0;
      using _ = store.watch(d.sessionId, () => calls++);
      await expectRefused(store, createPlan(d), "store.sequence-conflict");
      await expectRefused(store, { sessionId: d.sessionId, events: [d.promoted()] }, "store.fenced");
      await store.commit(admitPlan(d));
      expect(calls).toBe(0);
    });

    it("law 10 signalled: one that was disposed of is not called again, and disposing twice is disposing once", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const heard: string[] = [];
      const listener = () => void heard.push("twice");
      const first = store.watch(d.sessionId, listener);
      using _second = store.watch(d.sessionId, listener);
      await store.commit(admitPlan(d));
      expect(heard).toEqual(["twice", "twice"]);
      first[Symbol.dispose]();
      first[Symbol.dispose]();
      await store.commit(admitPlan(d.turn(2)));
      expect(heard).toHaveLength(3);
    });

    it("law 10 signalled: one that is disposed of by another while they are called is not called", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const heard: string[] = [];
      const watches: Disposable[] = [];
      using _ = store.watch(d.sessionId, () => {
        heard.push("first");
        watches[0]?.[Symbol.dispose]();
      });
      watches.push(store.watch(d.sessionId, () => heard.push("second")));
      await store.commit(admitPlan(d));
      expect(heard).toEqual(["first"]);
    });

    it("law 10 signalled: one that is added while others are called hears of the next commit first", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const heard: (number | undefined)[] = [];
      const added: Disposable[] = [];
      using _ = store.watch(d.sessionId, () => {
        if (added.length < 5) added.push(store.watch(d.sessionId, (committed) => heard.push(committed?.[0]?.seq)));
      });
      await store.commit(admitPlan(d));
      expect([added.length, heard]).toEqual([1, []]);
      await store.commit(admitPlan(d.turn(2)));
      expect([added.length, heard]).toEqual([2, [2]]);
      for (const watch of added) watch[Symbol.dispose]();
    });

    it("law 10 signalled: a watcher may commit", async () => {
      await using store = await subject.create();
      const d = await created(store);
      const follow: Promise<unknown>[] = [];
      let begun = 0;
      using _ = store.watch(d.sessionId, () => {
        begun += 1;
        if (begun <= 3) follow.push(store.commit(admitPlan(d.turn(10 + begun))));
      });
      await store.commit(admitPlan(d));
      await expect.poll(() => follow.length).toBe(3);
      await Promise.all(follow);
      expect((await readLog(store, d.sessionId)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
    });

    itSharesStore(subject, "law 10 signalled: a watcher is told to read after another's commit", async (alongside) => {
      await using one = await subject.create();
      await using two = await alongside(one);
      const d = await created(one);
      const heads: Promise<LogHead | null>[] = [];
      const heard: unknown[] = [];
      using _ = one.watch(d.sessionId, (committed) => {
        heard.push(committed);
        heads.push(one.head(d.sessionId));
      });
      const { head } = await two.commit(admitPlan(d));
      await expect.poll(() => heard.length, { timeout: 5_000 }).toBeGreaterThan(0);
      expect(heard[0]).toBeNull();
      expect(await heads.at(-1)).toEqual(head);
    });
  });
};
