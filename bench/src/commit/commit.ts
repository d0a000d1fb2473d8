import { join } from "node:path";

import { openSqliteStore } from "@holdfast/store-sqlite";

import { paired } from "../bench.ts";
import { makeScratch } from "../scratch.ts";
import { openAnswer } from "./open-answer.ts";
import { measureRaw, rowsOf } from "./raw-commits.ts";

import type { Bench, Figure } from "../bench.ts";
import type { Synchronous } from "./raw-commits.ts";

const rounds = 7;
const commits = { normal: 3_000, full: 1_500 } as const;
const sessionsAtOnce = 32;
const commitsOfEach = 150;

/** Single-event commits through the contract, in commits a second. */
const measureSingle = async (synchronous: Synchronous): Promise<number> => {
  await using scratch = await makeScratch();
  await using store = await openSqliteStore({ path: join(scratch.directory, "a.db"), synchronous });
  const planOf = await openAnswer(store);
  const plans = Array.from({ length: commits[synchronous] }, (_, index) => planOf(index));
  const startedAt = performance.now();
  for (const plan of plans) await store.commit(plan);
  return (plans.length / (performance.now() - startedAt)) * 1_000;
};

/** Many sessions that each commit one event after the other, in commits a second of all of them. */
const measureGrouped = async (synchronous: Synchronous): Promise<number> => {
  await using scratch = await makeScratch();
  await using store = await openSqliteStore({ path: join(scratch.directory, "a.db"), synchronous });
  const plans = [];
  for (let session = 0; session < sessionsAtOnce; session++) {
    const planOf = await openAnswer(store, `bench${session}`);
    plans.push(Array.from({ length: commitsOfEach }, (_, index) => planOf(index)));
  }
  const startedAt = performance.now();
  await Promise.all(
    plans.map(async (own) => {
      for (const plan of own) await store.commit(plan);
    }),
  );
  return ((sessionsAtOnce * commitsOfEach) / (performance.now() - startedAt)) * 1_000;
};

/** Commits against raw transactions that write the same rows, one by one and from many sessions at once. */
export const commit: Bench = {
  name: "commit",
  run: async () => {
    const figures: Figure[] = [];
    for (const synchronous of ["normal", "full"] as const) {
      const rows = await rowsOf(commits[synchronous]);
      const floor = () => measureRaw(synchronous, rows);
      const shared = { bench: "commit", unit: "commits/s", rounds, floor };
      figures.push(
        await paired({
          ...shared,
          metric: `single durable commit, ${synchronous.toUpperCase()}`,
          bound: { atLeast: 0.7 },
          ours: () => measureSingle(synchronous),
        }),
      );
      // What is shared is the price of getting to the disk, which NORMAL does not pay.
      if (synchronous === "normal") continue;
      figures.push(
        await paired({
          ...shared,
          metric: `grouped commits, ${sessionsAtOnce} sessions at once, FULL`,
          bound: { atLeast: 4 },
          ours: () => measureGrouped(synchronous),
        }),
      );
    }
    return figures;
  },
};
