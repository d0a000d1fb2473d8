import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { admitPlan, createDrafts, createPlan, scriptedModel } from "@holdfast/testkit";

import { median } from "../bench.ts";
import { makeScratch } from "../scratch.ts";
import { openTails } from "./follow.ts";

const warmUp = 1_000;
const commits = 3_000;

/**
 * From a commit to the readers of its session in this process, in microseconds: the median of all commits and readers.
 *
 * Commits to a session that some readers follow through the facade, one commit after the other. The time begins when the store has
 * committed and tells its watchers: by then the caller's promise is as good as resolved, and nothing of the readers has run.
 */
export const measureSameProcess = async (readers: number): Promise<number> => {
  await using scratch = await makeScratch();
  const store = await openSqliteStore({ path: join(scratch.directory, "sessions.db") });
  const model = scriptedModel([]);
  await using holdfast = await createRuntime({ store, model: () => ({ model }), recovery: "off" });
  const drafts = createDrafts("bench");
  const { sessionId } = drafts;
  await store.commit(createPlan(drafts));
  let committedAt = 0;
  // Watchers are told in the order in which they came: this one before every reader.
  using _watch = store.watch(sessionId, (committed) => {
    if (committed !== null) committedAt = performance.now();
  });
  await using tails = await openTails(holdfast, sessionId, readers);
  let given: number[] = [];
  let all = Promise.withResolvers<void>();
  tails.onEvent = () => {
    given.push(performance.now());
    if (given.length === readers) all.resolve();
  };
  const times: number[] = [];
  for (let index = 0; index < warmUp + commits; index++) {
    given = [];
    all = Promise.withResolvers();
    await Promise.all([store.commit(admitPlan(drafts.turn(index), {}, Infinity)), all.promise]);
    await nextTurn();
    if (index < warmUp) continue;
    times.push(...given.map((at) => (at - committedAt) * 1_000));
  }
  return median(times);
};
