import { HoldfastError } from "@holdfast/core";

import type { ErrorCode } from "@holdfast/core";

const codes: readonly (readonly [prefix: string, code: ErrorCode, hint: string])[] = [
  ["SQLITE_BUSY", "store.busy", "Another process holds the write lock. Try again."],
  ["SQLITE_LOCKED", "store.busy", "Another connection holds the write lock. Try again."],
  ["SQLITE_FULL", "store.full", "Free some space on the disk; nothing that was acknowledged is lost."],
  ["SQLITE_READONLY", "store.read-only", "Give the process write permission on the file and its directory."],
  ["SQLITE_NOTADB", "store.corrupt", "The file is no SQLite database. Name another path, or restore it from a backup."],
  ["SQLITE_CORRUPT", "store.corrupt", "The file is damaged. Keep it, and restore it from a backup."],
  ["SQLITE_CANTOPEN", "store.not-found", "Check that the directory exists and may be written."],
];

/** The driver's code of an error, if the error is the driver's. */
export const sqliteCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("SQLITE_")
    ? error.code
    : undefined;

/** Whether a write may be tried again as it is: another process was writing. */
export const isBusy = (error: unknown): boolean => {
  const code = sqliteCode(error);
  return code !== undefined && (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"));
};

/** An error of the driver's as one of ours; any other error as it is. */
export const toStoreError = (error: unknown, path: string): unknown => {
  const found = sqliteCode(error);
  if (found === undefined || !(error instanceof Error)) return error;
  const [, code, hint] = codes.find(([prefix]) => found.startsWith(prefix)) ?? [
    "",
    "store.io" as const,
    "Reading or writing the file failed; nothing that was acknowledged is lost.",
  ];
  return new HoldfastError(code, {
    message: `SQLite answered ${found} (${error.message}) for the store ${path}. ${hint}`,
    data: { sqlite: found, path },
    cause: error,
  });
};
