import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { HoldfastError, silentLogger } from "@holdfast/core";

import { loadDriver } from "./driver.ts";
import { toStoreError } from "./errors.ts";
import { assertOurs, migrate } from "./migrations/migrate.ts";
import { retryWhileBusy } from "./retry-while-busy.ts";
import { OpenSqliteStore } from "./store.ts";

import type { Connection } from "./driver.ts";
import type { SqliteStore, SqliteStoreOptions } from "./sqlite-store-options.ts";

// SQLite's own waiting blocks the event loop, so it is short; longer waits are asynchronous.
const busyTimeoutMs = 50;
const journalSizeLimit = 64 * 1024 * 1024;

/**
 * Opens the store at a path, and makes or migrates it where that is needed. Any number of processes may have it open.
 *
 * @throws store.not-found where the directory is not there or the path is a directory.
 * @throws store.read-only, store.corrupt, store.newer, store.migration-failed, store.unsupported-runtime, store.busy
 */
export const openSqliteStore = async (options: SqliteStoreOptions): Promise<SqliteStore> => {
  const { synchronous = "normal", busyBudgetMs = 10_000, pollMs = 5, logger = silentLogger, faults } = options;
  const path = options.path === ":memory:" ? options.path : resolve(options.path);
  const driver = await loadDriver();
  if (path !== ":memory:") await assertPlace(path);
  let connection: Connection | undefined;
  try {
    connection = new driver(path, { timeout: busyTimeoutMs });
    await configure(connection, synchronous, busyBudgetMs);
    await migrate(connection, driver, { path, budgetMs: busyBudgetMs });
    return new OpenSqliteStore(connection, { path, busyBudgetMs, pollMs, logger, faults });
  } catch (error) {
    connection?.close();
    throw toStoreError(error, path);
  }
};

const configure = async (connection: Connection, synchronous: "normal" | "full", budgetMs: number): Promise<void> => {
  // First of all: the switch to WAL changes a file, and what is not ours is left as it is.
  await retryWhileBusy(() => assertOurs(connection, connection.name), budgetMs);
  // The switch to WAL passes over the busy timeout (measured: 3 of 72 fresh processes failed), so it is tried again here.
  await retryWhileBusy(() => connection.pragma("journal_mode = wal"), budgetMs);
  // The default differs between drivers, so it is always said.
  connection.pragma(`synchronous = ${synchronous}`);
  connection.pragma("foreign_keys = on");
  connection.pragma(`journal_size_limit = ${journalSizeLimit}`);
};

const assertPlace = async (path: string): Promise<void> => {
  const directory = dirname(path);
  const place = await stat(directory).catch(() => null);
  if (place?.isDirectory() !== true) {
    throw new HoldfastError("store.not-found", {
      message: `Expected a directory at ${directory} for the store ${path}, found none. Make it first, or name another path.`,
      data: { path, directory },
    });
  }
  const file = await stat(path).catch(() => null);
  if (file !== null && !file.isFile()) {
    throw new HoldfastError("store.not-found", {
      message: `Expected a file at ${path}, found something else. Name a file, for example ${path}/sessions.db.`,
      data: { path },
    });
  }
  // WAL makes files beside the store, so both must be writable.
  for (const target of file === null ? [directory] : [path, directory]) {
    await access(target, constants.W_OK).catch((error: unknown) => {
      throw new HoldfastError("store.read-only", {
        message: `Expected to write ${target} for the store ${path}, and this process may not. Give it write permission on the file and its directory.`,
        data: { path, target },
        cause: error,
      });
    });
  }
};
