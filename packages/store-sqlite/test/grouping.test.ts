import { silentLogger } from "@holdfast/core";
import { admitPlan, createDrafts, createPlan } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";

import type { FaultPoints, Logger } from "@holdfast/core";

const d = createDrafts("group");
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const record = { ownerId: d.ownerId, runtime: "r", host: "h", boot: null, pidNamespace: null, pid: 1, startTime: null };

/** Counts how often each point is reached, and does there what it is told. */
const points = (actions: { readonly [point: string]: () => void } = {}) => {
  const counts = new Map<string, number>();
  const faults: FaultPoints = {
    reach(point) {
      counts.set(point, (counts.get(point) ?? 0) + 1);
      actions[point]?.();
    },
  };
  return { faults, count: (point: string) => counts.get(point) ?? 0 };
};

const fail = (words: string) => () => {
  throw new Error(words);
};

const begin = async (options: { readonly faults?: FaultPoints; readonly logger?: Logger } = {}) => {
  const store = await openSqliteStore({ path: ":memory:", ...options });
  await store.commit(createPlan(d));
  return store;
};

const commitAtOnce = (store: Awaited<ReturnType<typeof begin>>, from: number, count: number) =>
  Promise.allSettled(range(count).map((n) => store.commit(admitPlan(d.turn(from + n)))));

describe("plans that are committed at once", () => {
  it("share a transaction, up to 64 of them", async () => {
    const { faults, count } = points();
    await using store = await begin({ faults });
    const before = count("store.before-commit");
    await commitAtOnce(store, 0, 64);
    expect(count("store.before-commit") - before).toBe(1);
    await commitAtOnce(store, 64, 65);
    expect(count("store.before-commit") - before).toBe(3);
  });

  it("are acknowledged only after the transaction that they share", async () => {
    let isBroken = false;
    const breaking = points({ "store.before-commit": () => isBroken && fail("before the commit")() });
    await using store = await begin({ faults: breaking.faults });
    const heard: unknown[] = [];
    using _ = store.watch(d.sessionId, (committed) => heard.push(committed));
    isBroken = true;
    const results = await commitAtOnce(store, 0, 5);
    expect(results.map(({ status }) => status)).toEqual(results.map(() => "rejected"));
    expect([heard, await store.head(d.sessionId)]).toMatchObject([[], { seq: 0 }]);
  });

  it("are tried one by one, in their order, where the transaction failed for another reason than a lock", async () => {
    let failures = 0;
    const once = points({
      "store.before-commit": () => {
        failures += 1;
        if (failures === 2) fail("the first group")();
      },
    });
    await using store = await begin({ faults: once.faults });
    // More than one group: the second waits until all of the first were tried.
    const first = range(70).map((n) => store.commit(admitPlan(d.turn(n))));
    const renewed = store.renew(record);
    const later = first[0]?.then(() => store.commit(admitPlan(d.turn(71))));
    const seqs = (await Promise.all(first)).map(({ head }) => head.seq);
    expect(seqs).toEqual(range(70));
    expect((await later)?.head.seq).toBe(71);
    await renewed;
  });

  it("that fail alone leave those beside them as they are", async () => {
    await using store = await begin();
    const plans = range(10).map((n) => (n === 4 ? { ...admitPlan(d.turn(n)), expectedSeq: 77 } : admitPlan(d.turn(n))));
    const results = await Promise.allSettled(plans.map((plan) => store.commit(plan)));
    expect(results.flatMap(({ status }, index) => (status === "rejected" ? [index + 1] : []))).toEqual([4]);
    expect(await store.head(d.sessionId)).toMatchObject({ seq: 9 });
  });
});

describe("after the outer commit", () => {
  it("a logger that throws, told of a watcher that threw, undoes nothing and stops nothing", async () => {
    await using store = await begin({ logger: { ...silentLogger, error: fail("a logger that throws") } });
    const heard: number[] = [];
    using _thrower = store.watch(d.sessionId, fail("a watcher that throws"));
    using _other = store.watch(d.sessionId, (committed) => heard.push(committed?.[0]?.seq ?? -1));
    const results = await commitAtOnce(store, 0, 3);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
    expect(heard).toEqual([1, 2, 3]);
    expect((await store.commit(admitPlan(d.turn(9)))).head.seq).toBe(4);
  });

  it("what a fault point throws masks commits that are done, for its group and for no other", async () => {
    let isBroken = false;
    const breaking = points({ "store.after-commit": () => isBroken && fail("after the commit")() });
    await using store = await begin({ faults: breaking.faults });
    isBroken = true;
    const results = await commitAtOnce(store, 0, 3);
    isBroken = false;
    expect(results.map((result) => result.status === "rejected" && String(result.reason))).toEqual(
      results.map(() => "Error: after the commit"),
    );
    expect(await store.head(d.sessionId)).toMatchObject({ seq: 3 });
    expect((await store.commit(admitPlan(d.turn(9)))).head.seq).toBe(4);
    await store.renew(record);
  });
});

describe("a store under load", () => {
  it("gives timers their turn while commits follow each other without a pause", async () => {
    await using store = await begin();
    const load = { isOver: false };
    const timer = setTimeout(() => (load.isOver = true), 20);
    const chain = async () => {
      for (let n = 1; !load.isOver && n < 20_000; n++) await store.commit(admitPlan(d.turn(n), {}, 100_000));
    };
    await chain();
    clearTimeout(timer);
    expect(load.isOver).toBe(true);
  });

  it("renews, retires and puts outputs in their turn while commits follow each other without a pause", async () => {
    await using store = await begin();
    const load = { isOver: false };
    let commits = 0;
    const chain = async (seed: number) => {
      for (let n = 1; !load.isOver && n < 3_000; n++) {
        await store.commit(admitPlan(d.turn(seed * 10_000 + n), {}, 100_000));
        commits += 1;
      }
    };
    const chains = range(5).map(chain);
    const startedAt = commits;
    await store.renew(record);
    await store.putOutput({ sessionId: d.sessionId, callId: d.callId, attempt: 1 }, Uint8Array.of(1));
    await store.retire(d.ownerId);
    load.isOver = true;
    expect(commits - startedAt).toBeLessThan(100);
    await Promise.all(chains);
  });

  it("refuses what would wait behind 10,000 others as busy", async () => {
    await using store = await begin();
    const renewals = range(10_001).map(() => store.renew(record));
    const results = await Promise.allSettled(renewals);
    expect(results.slice(0, -1).every(({ status }) => status === "fulfilled")).toBe(true);
    expect(results.at(-1)).toMatchObject({ status: "rejected", reason: { code: "store.busy", retryable: true } });
  });
});
