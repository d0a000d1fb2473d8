import { readFileSync } from "node:fs";

import Database from "better-sqlite3";

/** Versions of which a file was kept, with the number of its sessions: see packages/store-sqlite/test/fixtures. */
export const oldVersions = { 1: 4, 2: 6 } as const;
export type OldVersion = keyof typeof oldVersions;

// A file as SQL, made by the code of that version and kept since.
const fixtureOf = (version: OldVersion): URL =>
  new URL(`../../../packages/store-sqlite/test/fixtures/version-${version}.sql`, import.meta.url);

/** Makes the stored file of a version at a path. */
export const restoreOldFile = (path: string, version: OldVersion): void => {
  const database = new Database(path);
  database.pragma("journal_mode = wal");
  database.exec(`begin; ${readFileSync(fixtureOf(version), "utf8")}; commit`);
  database.close();
};

/** What a file is, looked at without our code. */
export interface FileState {
  readonly version: number;
  /** What `integrity_check` says of it. */
  readonly integrity: string;
  /** Every row of every table, as text. */
  readonly rows: string;
}

export const readFileState = (path: string): FileState => {
  const database = new Database(path);
  try {
    const names = database.prepare("select name from sqlite_schema where type = 'table' order by name").pluck().all();
    const rows = (names as string[]).map((name) => [name, database.prepare(`select * from "${name}"`).raw().all()]);
    return {
      version: database.pragma("user_version", { simple: true }) as number,
      integrity: database.pragma("integrity_check", { simple: true }) as string,
      rows: JSON.stringify(rows),
    };
  } finally {
    database.close();
  }
};
