import { join } from "node:path";

import { openSqliteStore } from "@holdfast/store-sqlite";
import { admitPlan, createDrafts, createPlan, ownerPlan, startPlan } from "@holdfast/testkit";
import Database from "better-sqlite3";

import { paired } from "../bench.ts";
import { makeScratch } from "../scratch.ts";

import type { CommitPlan, Store } from "@holdfast/core/store";
import type { Bench } from "../bench.ts";

type Synchronous = "normal" | "full";
type Row = Record<string, string | number | null>;

const rounds = 7;
const commits = { normal: 3_000, full: 1_500 } as const;
/** The design's measure: an event of about 300 bytes. */
const content = "x".repeat(180);

/** A session whose answer is open, so that any number of blocks can be committed to it. */
const openAnswer = async (store: Store): Promise<(index: number) => CommitPlan> => {
  const drafts = createDrafts("bench");
  await store.commit(createPlan(drafts));
  await store.commit(admitPlan(drafts));
  await store.commit(startPlan(drafts, [drafts.promoted(), drafts.stepStarted(), drafts.attemptStarted()]));
  return (index) => ownerPlan(drafts, [drafts.text({ position: index, text: content })]);
};

/** Single-event commits through the contract, in commits a second. */
const measureStore = async (synchronous: Synchronous): Promise<number> => {
  await using scratch = await makeScratch();
  await using store = await openSqliteStore({ path: join(scratch.directory, "a.db"), synchronous });
  const planOf = await openAnswer(store);
  const plans = Array.from({ length: commits[synchronous] }, (_, index) => planOf(index));
  const startedAt = performance.now();
  for (const plan of plans) await store.commit(plan);
  return (plans.length / (performance.now() - startedAt)) * 1_000;
};

/** The rows that those commits leave behind, to be written again as they are. */
const rowsOf = async (
  synchronous: Synchronous,
): Promise<{ readonly events: readonly Row[]; readonly blocks: readonly Row[] }> => {
  await using scratch = await makeScratch();
  const path = join(scratch.directory, "rows.db");
  await using store = await openSqliteStore({ path });
  const planOf = await openAnswer(store);
  for (let index = 0; index < commits[synchronous]; index++) await store.commit(planOf(index));
  const database = new Database(path, { readonly: true });
  const events = database.prepare("select * from event where type = 'text.ended' order by seq").all() as Row[];
  const blocks = database.prepare("select * from block order by seq").all() as Row[];
  database.close();
  return { events, blocks };
};

/** The floor: one raw transaction each that writes the same rows into the same tables, everything computed before. */
const measureRaw = async (
  synchronous: Synchronous,
  { events, blocks }: Awaited<ReturnType<typeof rowsOf>>,
): Promise<number> => {
  await using scratch = await makeScratch();
  const path = join(scratch.directory, "b.db");
  {
    await using store = await openSqliteStore({ path });
    await openAnswer(store);
  }
  const database = new Database(path);
  database.pragma("journal_mode = wal");
  database.pragma(`synchronous = ${synchronous}`);
  const insertInto = (table: string, row: Row | undefined): Database.Statement => {
    const columns = Object.keys(row ?? {});
    return database.prepare(
      `insert into ${table} (${columns.join(", ")}) values (${columns.map((column) => `:${column}`).join(", ")})`,
    );
  };
  const insertEvent = insertInto("event", events[0]);
  const insertBlock = insertInto("block", blocks[0]);
  const setHead = database.prepare("update session set headSeq = :seq, headHash = :hash where sessionId = :sessionId");
  const heads = events.map(({ seq, hash, sessionId }) => ({ seq, hash, sessionId }));
  const write = database.transaction((index: number) => {
    insertEvent.run(events[index]);
    insertBlock.run(blocks[index]);
    setHead.run(heads[index]);
  });
  const startedAt = performance.now();
  for (let index = 0; index < events.length; index++) write.immediate(index);
  const rate = (events.length / (performance.now() - startedAt)) * 1_000;
  database.close();
  return rate;
};

/** Single-event commits against raw transactions that write the same rows. */
export const commit: Bench = {
  name: "commit",
  run: async () => {
    const figures = [];
    for (const synchronous of ["normal", "full"] as const) {
      const rows = await rowsOf(synchronous);
      figures.push(
        await paired({
          bench: "commit",
          metric: `single durable commit, ${synchronous.toUpperCase()}`,
          unit: "commits/s",
          rounds,
          bound: { atLeast: 0.7 },
          ours: () => measureStore(synchronous),
          floor: () => measureRaw(synchronous, rows),
        }),
      );
    }
    return figures;
  },
};
