import { createDrafts, createMemoryStore, admitPlan, createPlan } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { HistoryCache } from "../src/session/history-cache.ts";

const model = { id: "scripted" };
const megabyte = 1024 * 1024;

const sessionOf = (seed: string) => createDrafts(seed).sessionId;

/** A cache, and a store with sessions that hold a text of 200,000 characters each, which take about 400,000 bytes. */
const setScene = async (seeds: readonly string[], limit?: number) => {
  const store = createMemoryStore();
  for (const seed of seeds) {
    const drafts = createDrafts(seed);
    await store.commit(createPlan(drafts));
    await store.commit(admitPlan(drafts, { text: "x".repeat(200_000) }));
  }
  const cache = new HistoryCache(store, limit);
  return {
    /** Works on a session once. True where its history was still here. */
    work: async (seed: string): Promise<boolean> => {
      const cached = cache.take(sessionOf(seed), { ref: model, media: undefined }, undefined);
      const wasHere = cached.history.bytes > 0;
      await cached.history.catchUp();
      cache.put(sessionOf(seed), cached);
      return wasHere;
    },
  };
};

const seeds = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);

it("histories are kept up to a bound of bytes, and the ones that were used last", async () => {
  const { work } = await setScene(seeds(4), megabyte);
  const visits: boolean[] = [];
  for (const seed of ["s0", "s1", "s0", "s2", "s0", "s1", "s3", "s0"]) visits.push(await work(seed));
  expect(visits).toEqual([false, false, true, false, true, false, false, false]);
});

it("a history that is larger than the bound is not kept", async () => {
  const { work } = await setScene(["s0"], 100_000);
  expect([await work("s0"), await work("s0")]).toEqual([false, false]);
});

it("at most 64 are kept", async () => {
  const all = seeds(65);
  const { work } = await setScene(all);
  for (const seed of all) await work(seed);
  expect([await work("s64"), await work("s1"), await work("s0")]).toEqual([true, true, false]);
});
