import { HoldfastError } from "@holdfast/core";

import type Database from "better-sqlite3";

/** An open database of the driver's. */
export type Connection = Database.Database;

/** The driver's prepared statement. */
export type Statement = Database.Statement;

/**
 * Loads better-sqlite3, after a look at Node: its version 13 ends the process with a segmentation fault when a database is
 * opened on Node 20 (measured), so it must not even be tried there.
 *
 * @throws store.unsupported-runtime
 */
export const loadDriver = async (nodeVersion: string = process.versions.node): Promise<typeof Database> => {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 19)) {
    throw new HoldfastError("store.unsupported-runtime", {
      message: `Expected Node 22.19 or newer, found ${nodeVersion}: the SQLite driver crashes older ones. Upgrade Node.`,
      data: { found: nodeVersion },
    });
  }
  return (await import("better-sqlite3")).default;
};

/** 3.43 is the first with `octet_length`; strict tables and `returning` are older. */
const oldest = [3, 43] as const;

/**
 * better-sqlite3 brings its own SQLite, unless it was built against another one.
 *
 * @throws store.unsupported-runtime
 */
export const assertSqliteVersion = (found: string): void => {
  const [major = 0, minor = 0] = found.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new HoldfastError("store.unsupported-runtime", {
    message: `Expected SQLite ${oldest.join(".")} or newer, found ${found}. Use better-sqlite3 with the SQLite that it brings.`,
    data: { found },
  });
};
