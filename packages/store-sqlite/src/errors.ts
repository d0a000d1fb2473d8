import { existsSync } from "node:fs";
import { dirname } from "node:path";

import { HoldfastError } from "@holdfast/core";

import type { ErrorCode } from "@holdfast/core";

const codes: readonly (readonly [prefix: string, code: ErrorCode, hint: string])[] = [
  ["SQLITE_BUSY", "store.busy", "Another process holds the write lock. Try again."],
  ["SQLITE_LOCKED", "store.busy", "Another connection holds the write lock. Try again."],
  ["SQLITE_PROTOCOL", "store.busy", "Too many processes opened the file at once. Try again."],
  ["SQLITE_FULL", "store.full", "Free some space on the disk; nothing that was acknowledged is lost."],
  ["SQLITE_READONLY", "store.read-only", "Give the process write permission on the file and its directory."],
  ["SQLITE_NOTADB", "store.corrupt", "The file is no SQLite database. Name another path, or restore it from a backup."],
  [
    "SQLITE_CORRUPT",
    "store.corrupt",
    "The file is damaged. Nothing of it was changed: restore a backup, or call moveAside to begin anew and keep it.",
  ],
  // None of these comes out otherwise when it is tried again. Events, admissions and claims are inserted where their log says that
  // none is; projected rows are inserted only where none is, so their unique rules are broken only by a change of a plan's own.
  [
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "store.corrupt",
    "A row is where its log says that none is. Keep the file, and run verifySession on the session.",
  ],
  ["SQLITE_CONSTRAINT_UNIQUE", "store.condition-failed", "A row of the plan is one that there may be only one of."],
  ["SQLITE_CONSTRAINT", "event.invalid-data", "A row of the plan lacks a value, or has one of the wrong type."],
  ["SQLITE_MISMATCH", "event.invalid-data", "A row of the plan has a value of the wrong type."],
  ["SQLITE_TOOBIG", "event.invalid-data", "A row of the plan is longer than SQLite can hold."],
];

/** The driver's code of an error, if the error is the driver's. */
export const sqliteCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("SQLITE_")
    ? error.code
    : undefined;

/** Whether the same may be tried again as it is: another process was in the way. */
export const isBusy = (error: unknown): boolean => {
  const found = sqliteCode(error);
  return found !== undefined && codes.some(([prefix, code]) => code === "store.busy" && found.startsWith(prefix));
};

/** An error of the driver's as one of ours; any other error as it is. */
export const toStoreError = (error: unknown, path: string): unknown => {
  const found = sqliteCode(error);
  if (found === undefined || !(error instanceof Error)) return error;
  const [, code, hint] = found.startsWith("SQLITE_CANTOPEN")
    ? cannotOpen(path)
    : (codes.find(([prefix]) => found.startsWith(prefix)) ?? failed);
  return new HoldfastError(code, {
    message: `SQLite answered ${found} (${error.message}) for the store ${path}. ${hint}`,
    data: { sqlite: found, path },
    cause: error,
  });
};

type Entry = (typeof codes)[number];

const failed: Entry = ["", "store.io", "Reading or writing the file failed; nothing that was acknowledged is lost."];

// SQLite says no more than that opening failed. Where the directory is there, it was not for want of a path.
const cannotOpen = (path: string): Entry =>
  path === ":memory:" || existsSync(dirname(path))
    ? [
        "",
        "store.io",
        "The system refused to open it, or a file beside it: too many files may be open in this process.",
      ]
    : ["", "store.not-found", "Its directory is not there any more. Make it, or name another path."];
