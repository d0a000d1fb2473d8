import { HoldfastError } from "@holdfast/core";
import { describe, expect, it } from "vitest";

import { isBusy, toStoreError } from "../src/errors.ts";

const driverError = (code: string): Error => Object.assign(new Error("as SQLite says it"), { code });

describe("an error of SQLite's", () => {
  it.each([
    ["SQLITE_BUSY", "store.busy", true],
    ["SQLITE_BUSY_SNAPSHOT", "store.busy", true],
    ["SQLITE_BUSY_RECOVERY", "store.busy", true],
    ["SQLITE_LOCKED", "store.busy", true],
    ["SQLITE_FULL", "store.full", true],
    ["SQLITE_READONLY", "store.read-only", false],
    ["SQLITE_READONLY_DBMOVED", "store.read-only", false],
    ["SQLITE_CORRUPT", "store.corrupt", false],
    ["SQLITE_CORRUPT_INDEX", "store.corrupt", false],
    ["SQLITE_NOTADB", "store.corrupt", false],
    ["SQLITE_CONSTRAINT_PRIMARYKEY", "store.corrupt", false],
    ["SQLITE_IOERR", "store.io", true],
    ["SQLITE_IOERR_FSYNC", "store.io", true],
    ["SQLITE_NOMEM", "store.io", true],
  ])("%s leaves as %s", (sqlite, code, retryable) => {
    const cause = driverError(sqlite);
    const error = toStoreError(cause, "/srv/store.db");
    if (!HoldfastError.isInstance(error)) throw new Error("expected one of ours");
    expect(error).toMatchObject({ code, retryable, cause, data: { path: "/srv/store.db" } });
    expect(error.message).toContain(sqlite);
    expect(error.message).toContain("/srv/store.db");
  });

  it.each([
    [import.meta.dirname, "store.io"],
    [`${import.meta.dirname}/missing`, "store.not-found"],
  ])("SQLITE_CANTOPEN is told by the directory: %s is %s", (directory, code) => {
    expect(toStoreError(driverError("SQLITE_CANTOPEN"), `${directory}/store.db`)).toMatchObject({ code });
  });

  it.each(["SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED"])("%s alone is tried again", (code) => {
    expect(isBusy(driverError(code))).toBe(true);
  });

  it.each(["SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_CONSTRAINT"])("%s is not tried again", (code) => {
    expect(isBusy(driverError(code))).toBe(false);
  });
});

describe("any other error", () => {
  it.each([
    new TypeError("a defect"),
    new HoldfastError("store.fenced", { message: "Not yours." }),
    driverError("ENOSPC"),
  ])("leaves as it is: %o", (error) => {
    expect(toStoreError(error, "/srv/store.db")).toBe(error);
  });
});
