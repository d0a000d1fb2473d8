import { resolve } from "node:path";

import { HoldfastError, silentLogger } from "@holdfast/core";

import { assertSqliteVersion, loadDriver } from "./driver.ts";
import { journalSizeLimit } from "./economy/checkpoint.ts";
import { toStoreError } from "./errors.ts";
import { migrate } from "./migrations/migrate.ts";
import { assertOurs } from "./migrations/store-file.ts";
import { assertPlace } from "./place/assert-place.ts";
import { retryWhileBusy } from "./retry-while-busy.ts";
import { OpenSqliteStore } from "./store.ts";

import type { Connection } from "./driver.ts";
import type { SqliteStore, SqliteStoreOptions } from "./sqlite-store-options.ts";

// SQLite's own waiting blocks the event loop, so it is short; longer waits are asynchronous.
const busyTimeoutMs = 50;
// Half of SQLite's own. A turn changes few rows in many places, and each page that it touches is written whole and summed up: of pages
// half as large it takes the same number, and a tenth less CPU time for a whole turn (measured).
const pageBytes = 2 * 1024;
// As long as SQLite's own: a log that starts over is written in place, and one that grows is not, which is dearer to bring to the disk.
// Each second of rest cuts it, whatever its length.
const checkpointBytes = 4 * 1024 * 1024;

/**
 * Opens the store at a path, and makes or migrates it where that is needed. Any number of processes may have it open. A file that is
 * damaged is never changed, moved or replaced: see `moveAside`.
 *
 * @throws store.not-found where the directory is not there or the path is a directory.
 * @throws store.read-only, store.corrupt, store.newer, store.migration-failed, store.unsupported-runtime, store.busy,
 *   store.network-file-system
 */
export const openSqliteStore = async (options: SqliteStoreOptions): Promise<SqliteStore> => {
  const { busyBudgetMs = 10_000, pollMs = 5, logger = silentLogger, clock = systemClock, faults } = options;
  const { allowNetworkFileSystem = false } = options;
  const path = options.path === ":memory:" ? options.path : resolve(options.path);
  const isInMemory = path === ":memory:";
  const driver = await loadDriver();
  const isShared = !isInMemory && (await assertPlace(path, { allowNetworkFileSystem })).isShared;
  const openReader = () => new driver(path, { timeout: busyTimeoutMs });
  let connection: Connection | undefined;
  try {
    connection = openReader();
    const ready = connection;
    // Any statement may find the file locked, also one that names no table: SQLite reads the schema before it prepares it. The switch
    // to WAL passes over the busy timeout, too (measured: 3 of 72 fresh processes failed).
    await retryWhileBusy(() => configure(ready, options, isShared), busyBudgetMs);
    await migrate(connection, driver, { path, isExclusive: isShared, budgetMs: busyBudgetMs, logger, faults });
    const storeOptions = {
      path,
      openReader: isInMemory || isShared ? null : openReader,
      busyBudgetMs,
      pollMs,
      logger,
      clock,
      faults,
    };
    return await retryWhileBusy(() => new OpenSqliteStore(ready, storeOptions), busyBudgetMs);
  } catch (error) {
    connection?.close();
    throw toStoreError(error, path);
  }
};

const systemClock = { now: () => Date.now() };

const configure = (
  connection: Connection,
  { synchronous = "normal", quickCheck = false }: SqliteStoreOptions,
  isExclusive: boolean,
): void => {
  assertSqliteVersion(connection.prepare("select sqlite_version()").pluck().get() as string);
  // Before the first look at the file: then the index of the log is in this process's memory, which is all that a network allows.
  if (isExclusive) connection.pragma("locking_mode = exclusive");
  // First of all: the switch to WAL changes a file, and what is not ours is left as it is.
  assertOurs(connection, connection.name);
  if (quickCheck) assertWhole(connection);
  // Of a file that is made here; one that is there keeps its own.
  connection.pragma(`page_size = ${pageBytes}`);
  const mode = connection.pragma("journal_mode = wal", { simple: true });
  if (mode !== "wal" && mode !== "memory") throw noSharedMemory(connection.name, String(mode));
  // The default differs between drivers, so it is always said.
  connection.pragma(`synchronous = ${synchronous}`);
  connection.pragma("foreign_keys = on");
  connection.pragma(`journal_size_limit = ${journalSizeLimit}`);
  const pages = checkpointBytes / (connection.pragma("page_size", { simple: true }) as number);
  connection.pragma(`wal_autocheckpoint = ${pages}`);
};

// SQLite then goes on with a rollback journal, silently: a reader would keep writers waiting, and nothing here is made for that.
const noSharedMemory = (path: string, mode: string): HoldfastError<"store.network-file-system"> =>
  new HoldfastError("store.network-file-system", {
    message: `Expected a file system with shared memory for the store ${path}, found one on which SQLite stays in ${mode} mode instead of WAL. Put it on a local disk.`,
    data: { path, journalMode: mode },
  });

const assertWhole = (connection: Connection): void => {
  const path = connection.name;
  const findings = connection.prepare("pragma quick_check(20)").pluck().all() as string[];
  if (findings.length === 1 && findings[0] === "ok") return;
  throw new HoldfastError("store.corrupt", {
    message: `Expected a whole file at ${path}, found damage: ${findings[0] ?? "no answer"}. Nothing was changed. Keep it, and restore a backup, or call moveAside to begin anew.`,
    data: { path, findings },
  });
};
