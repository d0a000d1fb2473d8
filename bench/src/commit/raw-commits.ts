import { join } from "node:path";

import { openSqliteStore } from "@holdfast/store-sqlite";
import Database from "better-sqlite3";

import { makeScratch } from "../scratch.ts";
import { openAnswer } from "./open-answer.ts";

type Row = Record<string, string | number | Uint8Array | null>;

/** When a commit is on the disk. */
export type Synchronous = "normal" | "full";

/** The rows that some commits leave behind. */
export interface CommittedRows {
  readonly events: readonly Row[];
  readonly blocks: readonly Row[];
  readonly heads: readonly Row[];
}

/** The rows that single-event commits leave behind, to be written again as they are. */
export const rowsOf = async (commits: number): Promise<CommittedRows> => {
  await using scratch = await makeScratch();
  const path = join(scratch.directory, "rows.db");
  await using store = await openSqliteStore({ path });
  const planOf = await openAnswer(store);
  for (let index = 0; index < commits; index++) await store.commit(planOf(index));
  const database = new Database(path, { readonly: true });
  const all = (sql: string) => database.prepare(sql).all() as Row[];
  const ofTexts = "from event join eventType using (typeKey) where name = 'text.ended' order by seq";
  const events = all(`select place, id, typeKey, version, time, fence, ignorable, hash, data ${ofTexts}`);
  const blocks = all("select * from block order by seq");
  const heads = all(`select sessionKey, seq, lower(hex(hash)) as hash ${ofTexts}`);
  database.close();
  return { events, blocks, heads };
};

/** The floor: one raw transaction each that writes the same rows into the same tables, everything computed before. In commits a second. */
export const measureRaw = async (
  synchronous: Synchronous,
  { events, blocks, heads }: CommittedRows,
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
  // As the store does: 16 MiB.
  database.pragma("wal_autocheckpoint = 4096");
  const insertInto = (table: string, row: Row | undefined): Database.Statement => {
    const columns = Object.keys(row ?? {});
    return database.prepare(
      `insert into ${table} (${columns.join(", ")}) values (${columns.map((column) => `:${column}`).join(", ")})`,
    );
  };
  const insertEvent = insertInto("event", events[0]);
  const insertBlock = insertInto("block", blocks[0]);
  const setHead = database.prepare(
    "update session set headSeq = :seq, headHash = :hash where sessionKey = :sessionKey",
  );
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
