import { toTextValue } from "@holdfast/core/event";
import { createDrafts, createPlan, sha256 } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it, vi } from "vitest";

import { isBusy, toStoreError } from "../src/errors.ts";
import { openSqliteStore } from "../src/index.ts";
import { assertOurs } from "../src/migrations/store-file.ts";
import { temporaryFolder } from "./temporary-folder.ts";

import type { SqliteStoreOptions } from "../src/index.ts";

const d = createDrafts("file");

/** Opens a store and gets at its connection, whose pragmas are its own and not the file's. */
const openWithConnection = async (options: SqliteStoreOptions) => {
  const prepared = vi.spyOn(Database.prototype, "prepare");
  try {
    const store = await openSqliteStore(options);
    return { store, connection: prepared.mock.contexts[0] as Database.Database };
  } finally {
    prepared.mockRestore();
  }
};

const query = (path: string, sql: string): unknown[] => {
  const database = new Database(path);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
};

describe("an open store", () => {
  it.each([
    ["full", 2],
    ["normal", 1],
    [undefined, 1],
  ] as const)("syncs as it was told: %s", async (synchronous, expected) => {
    using folder = temporaryFolder();
    const opened = await openWithConnection({ path: folder.join("s.db"), ...(synchronous && { synchronous }) });
    await using _ = opened.store;
    expect(opened.connection.pragma("synchronous", { simple: true })).toBe(expected);
    expect(opened.connection.pragma("foreign_keys", { simple: true })).toBe(1);
    expect(Number(opened.connection.pragma("busy_timeout", { simple: true }))).toBeLessThanOrEqual(100);
  });

  it("is in WAL mode", async () => {
    using folder = temporaryFolder();
    await using _ = await openSqliteStore({ path: folder.join("s.db") });
    expect(query(folder.join("s.db"), "pragma journal_mode")).toEqual([{ journal_mode: "wal" }]);
  });

  it("is refused on a file system on which SQLite does not go into WAL mode", async () => {
    using folder = temporaryFolder();
    const pragma: Database.Database["pragma"] = Reflect.get(Database.prototype, "pragma");
    // As SQLite answers where shared memory cannot be had.
    const answered = vi.spyOn(Database.prototype, "pragma").mockImplementation(function (
      this: Database.Database,
      sql,
      options,
    ) {
      return sql.startsWith("journal_mode") ? "delete" : pragma.call(this, sql, options);
    });
    const opening = openSqliteStore({ path: folder.join("s.db") });
    await expect(opening).rejects.toMatchObject({ code: "store.network-file-system", data: { journalMode: "delete" } });
    answered.mockRestore();
  });

  it("keeps which events refer to a blob", async () => {
    using folder = temporaryFolder();
    const path = folder.join("s.db");
    await using store = await openSqliteStore({ path });
    const { value, blobs } = toTextValue("long ".repeat(60_000), sha256);
    const hashes = blobs.map(({ hash }) => hash);
    await store.commit(createPlan(d));
    const events = [1, 2].map((turn) => d.turn(turn).admitted({ text: value }, { blobs: hashes }));
    await store.commit({ sessionId: d.sessionId, events, blobs });
    expect(
      query(
        path,
        "select sessionId, seq, hash from blobReference join session using (sessionKey) join blob using (blobKey) order by seq",
      ),
    ).toEqual([1, 2].map((seq) => ({ sessionId: d.sessionId, seq, hash: hashes[0] })));
  });

  it("retires the runtime that it is told, and no other", async () => {
    using folder = temporaryFolder();
    const path = folder.join("s.db");
    await using store = await openSqliteStore({ path });
    const record = { runtime: "r", host: "h", boot: null, pidNamespace: null, pid: 1, startTime: null };
    const other = createDrafts("other").ownerId;
    await store.renew({ ...record, ownerId: d.ownerId });
    await store.renew({ ...record, ownerId: other });
    await store.retire(d.ownerId);
    expect(query(path, "select ownerId from owner")).toEqual([{ ownerId: other }]);
  });

  it("keeps an output for seven days", async () => {
    using folder = temporaryFolder();
    const path = folder.join("s.db");
    await using store = await openSqliteStore({ path, clock: { now: () => 1_000 } });
    await store.putOutput({ sessionId: d.sessionId, callId: d.callId, attempt: 1 }, Uint8Array.of(1));
    expect(query(path, "select expires from output")).toEqual([{ expires: 1_000 + 7 * 24 * 60 * 60 * 1_000 }]);
  });
});

describe("damage that SQLite does not see", () => {
  it("of an event's data is refused as corrupt, by name", async () => {
    using folder = temporaryFolder();
    const path = folder.join("s.db");
    await using store = await openSqliteStore({ path });
    await store.commit(createPlan(d));
    query(path, "update event set data = '{\"tit' || data where seq = 0 returning 1");
    await expect(store.events({ sessionId: d.sessionId, after: -1, limit: 1 })).rejects.toMatchObject({
      code: "store.corrupt",
      data: { sessionId: d.sessionId, seq: 0 },
    });
  });

  it("of the store's ID is refused as corrupt, when it is opened", async () => {
    using folder = temporaryFolder();
    const path = folder.join("s.db");
    await (await openSqliteStore({ path }))[Symbol.asyncDispose]();
    query(path, "delete from meta where key = 'storeId' returning 1");
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: "store.corrupt", data: { path } });
  });
});

describe("assertOurs", () => {
  it("looks at one moment, while another process makes a new file a store", async () => {
    using folder = temporaryFolder();
    const path = folder.join("new.db");
    const [connection, other] = [new Database(path), new Database(path)];
    connection.pragma("journal_mode = wal");
    const pragma: Database.Database["pragma"] = Reflect.get(Database.prototype, "pragma");
    const between = vi.spyOn(Database.prototype, "pragma").mockImplementation(function (
      this: Database.Database,
      sql,
      options,
    ) {
      const answer = pragma.call(this, sql, options);
      if (this === connection && sql === "application_id") {
        other.exec(
          "begin; create table event (id); pragma application_id = 1215261796; pragma user_version = 1; commit",
        );
      }
      return answer;
    });
    expect(assertOurs(connection, path)).toBe(0);
    between.mockRestore();
    expect(assertOurs(connection, path)).toBe(1);
    connection.close();
    other.close();
  });
});

const error = (code: string) => Object.assign(new Error("words"), { code });

describe("an error of SQLite's", () => {
  it.each([
    ["SQLITE_BUSY", "store.busy", true],
    ["SQLITE_BUSY_SNAPSHOT", "store.busy", true],
    ["SQLITE_LOCKED", "store.busy", true],
    ["SQLITE_PROTOCOL", "store.busy", true],
    ["SQLITE_FULL", "store.full", true],
    ["SQLITE_IOERR_WRITE", "store.io", true],
    ["SQLITE_READONLY", "store.read-only", false],
    ["SQLITE_CORRUPT", "store.corrupt", false],
    ["SQLITE_NOTADB", "store.corrupt", false],
    ["SQLITE_CONSTRAINT_PRIMARYKEY", "store.corrupt", false],
    ["SQLITE_CONSTRAINT_UNIQUE", "store.condition-failed", false],
    ["SQLITE_CONSTRAINT_NOTNULL", "event.invalid-data", false],
    ["SQLITE_CONSTRAINT_DATATYPE", "event.invalid-data", false],
    ["SQLITE_MISMATCH", "event.invalid-data", false],
    ["SQLITE_TOOBIG", "event.invalid-data", false],
  ])("%s is %s", (sqlite, code, retryable) => {
    expect(toStoreError(error(sqlite), "/tmp/a.db")).toMatchObject({ code, retryable, data: { sqlite } });
    expect(isBusy(error(sqlite))).toBe(code === "store.busy");
  });

  it("SQLITE_CANTOPEN is a missing store only where its directory is missing: too many open files are not that", () => {
    using folder = temporaryFolder();
    expect(toStoreError(error("SQLITE_CANTOPEN"), folder.join("gone/a.db"))).toMatchObject({ code: "store.not-found" });
    expect(toStoreError(error("SQLITE_CANTOPEN"), folder.join("a.db"))).toMatchObject({
      code: "store.io",
      retryable: true,
    });
  });
});
