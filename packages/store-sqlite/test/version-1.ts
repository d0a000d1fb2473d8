import { readFileSync } from "node:fs";
import { join } from "node:path";

import { createDrafts } from "@holdfast/testkit";
import Database from "better-sqlite3";

import type { SessionId } from "@holdfast/core";

/** The sessions of the stored file of version 1. */
export const oldSessions: readonly SessionId[] = ["done", "open", "inbox", "blob"].map(
  (seed) => createDrafts(seed).sessionId,
);

/** Makes the stored file of version 1 again at a path: see fixtures/make-version-1.ts. */
export const restoreVersion1 = (path: string): void => restoreFile(path, "version-1");

/** Makes a stored file again at a path. */
export const restoreFile = (path: string, name: "version-1" | "version-2"): void => {
  const database = new Database(path);
  database.pragma("journal_mode = wal");
  database.exec(`begin; ${readFileSync(join(import.meta.dirname, "fixtures", `${name}.sql`), "utf8")}; commit`);
  database.close();
};

/** Runs SQL on a store's file, as another program might. */
export const changeFile = (path: string, sql: string): void => {
  const database = new Database(path);
  database.exec(sql);
  database.close();
};

/** Every row of a file's tables, to compare. */
export const dumpRows = (path: string): { readonly [table: string]: readonly unknown[] } => {
  const database = new Database(path, { readonly: true });
  try {
    const tables = database.prepare("select name from sqlite_schema where type = 'table' order by name").pluck().all();
    return Object.fromEntries(
      (tables as string[]).map((table) => [table, database.prepare(`select * from "${table}"`).all()]),
    );
  } finally {
    database.close();
  }
};
