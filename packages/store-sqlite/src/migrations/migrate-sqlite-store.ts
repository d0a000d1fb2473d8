import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { HoldfastError, silentLogger } from "@holdfast/core";

import { loadDriver } from "../driver.ts";
import { toStoreError } from "../errors.ts";
import { retryWhileBusy } from "../retry-while-busy.ts";
import { copyPath } from "./keep-copy.ts";
import { migrate, migrationFailed } from "./migrate.ts";
import { schemaVersion } from "./migrations.ts";
import { migrationFrom, runMigration } from "./run-migration.ts";
import { assertOurs } from "./store-file.ts";

import type { FaultPoints, Logger } from "@holdfast/core";
import type Database from "better-sqlite3";
import type { Connection } from "../driver.ts";
import type { RowCounts } from "./run-migration.ts";

/** What to migrate, and whether for real. */
export interface MigrateSqliteStoreOptions {
  readonly path: string;
  /** Tries each migration on a copy in the system's temporary folder and changes nothing. Default false. */
  readonly dryRun?: boolean;
  /** How long another process that migrates is waited for, in milliseconds. Default 10,000. */
  readonly busyBudgetMs?: number;
  /** Where it is told that a copy was kept. Default: nowhere. */
  readonly logger?: Logger;
  /** Named places for tests: `store.migration:<n>:<statement>`. */
  readonly faults?: FaultPoints | undefined;
}

/** One migration that a file needs, or needed. */
export interface MigrationReport {
  /** The schema version that it leads to. */
  readonly version: number;
  readonly name: string;
  /** Whether rows are written anew: then a copy of the file is kept. */
  readonly rewritesData: boolean;
  /** Where that copy is kept; null for none. */
  readonly copy: string | null;
  /** Rows of each table before; the same after. Empty where an earlier one fails. */
  readonly rows: RowCounts;
  /** Why it would fail; null where it works. */
  readonly failure: string | null;
}

/** What `migrateSqliteStore` did or would do. */
export interface MigrateSqliteStoreReport {
  readonly path: string;
  readonly dryRun: boolean;
  /** Schema version of the file before. */
  readonly from: number;
  /** Schema version of this code. */
  readonly to: number;
  /** Oldest first; none where the file is up to date. */
  readonly migrations: readonly MigrationReport[];
}

/**
 * Migrates a store without opening it, or tells what that would do. `openSqliteStore` migrates by itself; this is for who wants to
 * know first, or to do it while nothing else runs.
 *
 * @throws store.not-found, store.newer, store.corrupt, store.busy, and store.migration-failed where it is no dry run.
 */
export const migrateSqliteStore = async (options: MigrateSqliteStoreOptions): Promise<MigrateSqliteStoreReport> => {
  const { dryRun = false } = options;
  const path = resolve(options.path);
  const driver = await loadDriver();
  if ((await stat(path).catch(() => null))?.isFile() !== true) {
    throw new HoldfastError("store.not-found", {
      message: `Expected a store at ${path}, found no file. Name the file of a store.`,
      data: { path },
    });
  }
  try {
    return dryRun ? await tryOnCopy(driver, path, options) : await migrateFile(driver, path, options);
  } catch (error) {
    throw toStoreError(error, path);
  }
};

const migrateFile = async (
  driver: typeof Database,
  path: string,
  { busyBudgetMs = 10_000, logger = silentLogger, faults }: MigrateSqliteStoreOptions,
): Promise<MigrateSqliteStoreReport> => {
  const connection = new driver(path, { timeout: 50 });
  try {
    const from = await retryWhileBusy(() => assertOurs(connection, path), busyBudgetMs);
    const done = await migrate(connection, driver, {
      path,
      isExclusive: false,
      budgetMs: busyBudgetMs,
      logger,
      faults,
    });
    const reports = done.map((one) => ({ ...reportOf(one.version), copy: one.copy, rows: one.rows }));
    return { path, dryRun: false, from, to: schemaVersion, migrations: reports };
  } finally {
    connection.close();
  }
};

const tryOnCopy = async (
  driver: typeof Database,
  path: string,
  { busyBudgetMs = 10_000 }: MigrateSqliteStoreOptions,
): Promise<MigrateSqliteStoreReport> => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-migration-"));
  try {
    const copy = join(folder, "store.db");
    await retryWhileBusy(() => copyStore(driver, path, copy), busyBudgetMs);
    const connection = new driver(copy);
    try {
      const from = assertOurs(connection, path);
      return { path, dryRun: true, from, to: schemaVersion, migrations: await tryEach(connection, path, from) };
    } finally {
      connection.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

// Without a -wal the file is all there is, and a connection would make one; with it, somebody has the store open, or died.
const copyStore = async (driver: typeof Database, path: string, copy: string): Promise<void> => {
  if ((await stat(`${path}-wal`).catch(() => null)) === null) return copyFile(path, copy);
  const source = new driver(path, { readonly: true, timeout: 50 });
  try {
    await source.backup(copy);
  } finally {
    source.close();
  }
};

const tryEach = async (connection: Connection, path: string, from: number): Promise<readonly MigrationReport[]> => {
  const reports: MigrationReport[] = [];
  let failure: string | null = null;
  for (let version = from; version < schemaVersion; version++) {
    const report = { ...reportOf(version + 1), copy: copyOf(path, version) };
    if (failure !== null) reports.push({ ...report, failure });
    else {
      try {
        const { rows } = await runMigration(connection, version, {
          path,
          copying: { from: "none" },
          faults: undefined,
        });
        reports.push({ ...report, rows });
      } catch (error) {
        failure = migrationFailed(path, report.name, error).message;
        reports.push({ ...report, failure });
      }
    }
  }
  return reports;
};

const copyOf = (path: string, version: number): string | null =>
  version > 0 && migrationFrom(version).rewritesData ? copyPath(path, version) : null;

const reportOf = (version: number): MigrationReport => {
  const { name, rewritesData } = migrationFrom(version - 1);
  return { version, name, rewritesData, copy: null, rows: {}, failure: null };
};
