import { randomBytes } from "node:crypto";

import { HoldfastError } from "@holdfast/core";

import { schemaVersion } from "./migrations.ts";

import type { StoreId } from "@holdfast/core";
import type { Connection } from "../driver.ts";

/** "Hold" in ASCII: tells a store from any other SQLite file. */
const applicationId = 0x486f6c64;

/**
 * The schema version of a file that is ours, or empty.
 *
 * @throws store.corrupt for another program's file, store.newer for one of a later version. Neither is changed.
 */
export const assertOurs = (connection: Connection, path: string): number => {
  const { version, isOurs } = readIdentity(connection);
  if (!isOurs) {
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

// Of one moment: another process makes a new file a store in one transaction, and half of the answer from before it and half from
// after it would be that of another program's file (measured: 20 processes that open one new file at once).
const readIdentity = (connection: Connection): { readonly version: number; readonly isOurs: boolean } =>
  connection.transaction(() => {
    const version = connection.pragma("user_version", { simple: true }) as number;
    const owner = connection.pragma("application_id", { simple: true }) as number;
    return { version, isOurs: owner === applicationId || (version === 0 && !hasTables(connection)) };
  })();

const hasTables = (connection: Connection): boolean =>
  connection.prepare("select 1 from sqlite_schema limit 1").get() !== undefined;

/** Makes a new file ours. */
export const writeIdentity = (connection: Connection): void => {
  connection.pragma(`application_id = ${applicationId}`);
  const storeId = `sto_${randomBytes(12).toString("hex")}`;
  connection.prepare("insert into meta (key, value) values ('storeId', ?)").run(storeId);
};

/** @throws store.corrupt where the file does not say which store it is: its cursors and references could not be told from another's. */
export const readStoreId = (connection: Connection, path: string): StoreId => {
  const storeId = connection.prepare("select value from meta where key = 'storeId'").pluck().get();
  if (typeof storeId === "string") return storeId as StoreId;
  throw new HoldfastError("store.corrupt", {
    message: `Expected the ID of the store in ${path}, found none: the file is damaged. Keep it, and restore it from a backup.`,
    data: { path },
  });
};

/** Says how old code may be that reads the file. */
export const writeMinReaderVersion = (connection: Connection, version: number): void => {
  connection.prepare("insert or replace into meta (key, value) values ('minReaderVersion', ?)").run(String(version));
};

/** The lowest schema version whose code may read the file; 1 where a file does not say so. */
export const readMinReaderVersion = (connection: Connection): number => {
  const value = connection.prepare("select value from meta where key = 'minReaderVersion'").pluck().get();
  return Number(value ?? 1);
};
