import { randomBytes } from "node:crypto";

import { HoldfastError } from "@holdfast/core";

import { retryWhileBusy } from "../retry-while-busy.ts";
import { initial } from "./0001-initial.ts";

import type Database from "better-sqlite3";
import type { Connection } from "../driver.ts";

/** Every migration, oldest first. Its position, from 1, is the schema version that it leads to. */
const migrations = [initial] as const;

/** The schema version that this code reads and writes. */
export const schemaVersion = migrations.length;

/** "Hold" in ASCII: tells a store from any other SQLite file. */
const applicationId = 0x486f6c64;

/**
 * Brings a file to this code's schema. One process migrates while others wait: an exclusive transaction on a sibling lock
 * database, which dies with its holder, whatever kills it. Each migration runs in an immediate transaction of its own.
 *
 * @throws store.newer, store.corrupt (another program's file), store.migration-failed
 */
export const migrate = async (
  connection: Connection,
  driver: typeof Database,
  options: { readonly path: string; readonly budgetMs: number },
): Promise<void> => {
  if (assertOurs(connection, options.path) === schemaVersion) return;
  if (options.path === ":memory:") return migrateLocked(connection, options.path);
  const lock = new driver(`${options.path}-lock`, { timeout: 50 });
  try {
    await retryWhileBusy(() => lock.exec("begin exclusive"), options.budgetMs);
    await retryWhileBusy(() => migrateLocked(connection, options.path), options.budgetMs);
  } finally {
    lock.close();
  }
};

/** The schema version of a file that is ours, or empty. */
export const assertOurs = (connection: Connection, path: string): number => {
  const version = connection.pragma("user_version", { simple: true }) as number;
  const owner = connection.pragma("application_id", { simple: true }) as number;
  if (owner !== applicationId && (version !== 0 || hasTables(connection))) {
    throw new HoldfastError("store.corrupt", {
      message: `Expected a Holdfast store at ${path}, found the SQLite file of another program. Nothing was changed. Name another path.`,
      data: { path },
    });
  }
  if (version > schemaVersion) {
    throw new HoldfastError("store.newer", {
      message: `The store ${path} has schema version ${version}, and this code knows ${schemaVersion}. Nothing was changed. Upgrade @holdfast/store-sqlite.`,
      data: { path, found: version, known: schemaVersion },
    });
  }
  return version;
};

const hasTables = (connection: Connection): boolean =>
  connection.prepare("select 1 from sqlite_schema limit 1").get() !== undefined;

const migrateLocked = (connection: Connection, path: string): void => {
  for (let version = assertOurs(connection, path); version < schemaVersion; version++) {
    const migration = migrations[version];
    if (migration === undefined) return;
    connection.exec("begin immediate");
    try {
      connection.exec(migration.sql);
      if (version === 0) writeIdentity(connection);
      connection.pragma(`user_version = ${version + 1}`);
      connection.exec("commit");
    } catch (error) {
      if (connection.inTransaction) connection.exec("rollback");
      throw new HoldfastError("store.migration-failed", {
        message: `Migration ${migration.name} of ${path} failed, and the file is as it was: ${String(error)}. Free space and check permissions, then open it again.`,
        data: { path, migration: migration.name },
        cause: error,
      });
    }
  }
};

const writeIdentity = (connection: Connection): void => {
  connection.pragma(`application_id = ${applicationId}`);
  const storeId = `sto_${randomBytes(12).toString("hex")}`;
  connection.prepare("insert into meta (key, value) values ('storeId', ?)").run(storeId);
};
