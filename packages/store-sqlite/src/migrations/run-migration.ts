import { copyPath, keepCopy } from "./keep-copy.ts";
import { migrations } from "./migrations.ts";
import { writeIdentity, writeMinReaderVersion } from "./store-file.ts";

import type { FaultPoints } from "@holdfast/core";
import type { Connection } from "../driver.ts";
import type { Migration } from "./migration.ts";

/** How many rows each table holds. */
export type RowCounts = { readonly [table: string]: number };

/** What a migration came to. */
export interface MigrationOutcome {
  /** Rows of the tables that were there before; the same after. */
  readonly rows: RowCounts;
  /** The copy that was kept, where data were rewritten. */
  readonly copy: string | null;
}

/**
 * Where the copy before a rewrite is read. `another` connection reads while this one holds the write lock, so the copy is exactly what
 * the migration begins with. Where only one connection can be, that `same` one reads before it takes the lock.
 */
export type Copying =
  | { readonly from: "another"; readonly openReader: () => Connection }
  | { readonly from: "same" }
  | { readonly from: "none" };

interface RunOptions {
  readonly path: string;
  /** How the copy is made: see there. */
  readonly copying: Copying;
  readonly faults: FaultPoints | undefined;
}

/**
 * Runs the migration that leads away from a version, in one immediate transaction: all of it or nothing. Every table keeps the
 * number of its rows, or nothing happens.
 */
export const runMigration = async (
  connection: Connection,
  version: number,
  { path, copying, faults }: RunOptions,
): Promise<MigrationOutcome> => {
  const migration = migrationFrom(version);
  const reach = (place: string | number) => faults?.reach(`store.migration:${version + 1}:${place}`);
  const isKept = copying.from !== "none" && migration.rewritesData && version > 0;
  if (isKept && copying.from === "same") await keepCopy(connection, path, version);
  connection.exec("begin immediate");
  try {
    if (isKept && copying.from === "another") await copyThrough(copying.openReader(), path, version);
    reach("copied");
    const rows = countRows(connection);
    for (const [index, statement] of migration.statements.entries()) {
      connection.exec(statement);
      reach(index + 1);
    }
    if (version === 0) writeIdentity(connection);
    writeMinReaderVersion(connection, migration.minReaderVersion);
    connection.pragma(`user_version = ${version + 1}`);
    assertSameCounts(rows, countRows(connection));
    reach("before-commit");
    connection.exec("commit");
    reach("after-commit");
    return { rows, copy: isKept ? copyPath(path, version) : null };
  } catch (error) {
    if (connection.inTransaction) connection.exec("rollback");
    throw error;
  }
};

const copyThrough = async (reader: Connection, path: string, version: number): Promise<void> => {
  try {
    await keepCopy(reader, path, version);
  } finally {
    reader.close();
  }
};

/** The migration that leads away from a version. */
export const migrationFrom = (version: number): Migration => {
  const migration = migrations[version];
  if (migration === undefined) throw new TypeError(`expected a migration from version ${version}, found none`);
  return migration;
};

// `meta` is the store's own, and migrations add to it.
const countRows = (connection: Connection): RowCounts => {
  const tables = connection
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name <> 'meta'")
    .pluck()
    .all() as string[];
  return Object.fromEntries(
    tables.map((table) => [table, connection.prepare(`select count(*) from "${table}"`).pluck().get() as number]),
  );
};

const assertSameCounts = (before: RowCounts, after: RowCounts): void => {
  const lost = Object.entries(before).filter(([table, count]) => after[table] !== count);
  if (lost.length === 0) return;
  const words = lost.map(([table, count]) => `${count} rows of ${table}, found ${after[table] ?? "no such table"}`);
  throw new Error(`expected to keep ${words.join(", ")}: their events are missing or damaged`);
};
