import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";

import { silentLogger } from "@holdfast/core";
import { verifySession } from "@holdfast/core/store";
import { createDrafts, sha256 } from "@holdfast/testkit";
import { faultPointsFrom } from "@holdfast/testkit/fault";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { migrateSqliteStore, openSqliteStore } from "../src/index.ts";
import { floorsAndReplicas } from "../src/migrations/0002-floors-and-replicas.ts";
import { migrate } from "../src/migrations/migrate.ts";
import { asInVersion1, sorted, withoutPrevHash } from "./as-in-version-1.ts";
import { refusalOf } from "./refusal-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { changeFile, dumpRows, oldSessions, restoreVersion1 } from "./version-1.ts";

const bytesOf = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`).toString("base64")]));

// After each statement of migration 2, and around them.
const places = ["copied", ...floorsAndReplicas.statements.map((_, index) => index + 1), "before-commit"];

describe("a store of version 1", () => {
  it("is upgraded when it is opened, and reads the same", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    const before = dumpRows(path);
    {
      await using store = await openSqliteStore({ path });
      for (const sessionId of oldSessions) {
        const { events, chain, projections } = await verifySession(store, sessionId, sha256);
        expect({ chain, projections }).toEqual({ chain: [], projections: [] });
        expect(events).toBe(
          before["event"]?.filter((row) => (row as { sessionId: string }).sessionId === sessionId).length,
        );
        expect((await store.snapshot(sessionId))?.replica).toBeNull();
        expect(await store.floor(sessionId)).toBeNull();
      }
      const open = await store.snapshot(createDrafts("open").sessionId);
      expect(open).toMatchObject({ execution: { state: "open" }, claim: { fence: 1 }, calls: [{ state: "begun" }] });
      const inbox = await store.snapshot(createDrafts("inbox").sessionId);
      expect(inbox?.inputs.map(({ delivery, awake }) => [delivery, awake])).toEqual([
        ["steer", 1],
        ["queue", 1],
        ["queue", 0],
      ]);
    }
    const after = dumpRows(path);
    for (const [table, rows] of Object.entries(before)) {
      if (table === "admission" || table === "meta") continue;
      expect({ table, rows: sorted(asInVersion1(after, table)) }).toEqual({
        table,
        rows: sorted(rows.map(withoutPrevHash)),
      });
    }
    expect(after["meta"]).toEqual(expect.arrayContaining(before["meta"] as []));
  });

  it("is given what each admission's event says, and keeps its keys", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    await using store = await openSqliteStore({ path });
    const { sessionId } = createDrafts("inbox");
    const events = await store.events({ sessionId, after: 0, limit: 3 });
    for (const { seq, hash, data } of events) {
      const admission = await store.admission({ messageId: data["messageId"] as never });
      expect(admission).toMatchObject({ sessionId, seq, hash, delivery: data["delivery"], disposition: null });
    }
    const key = { sessionId, idempotencyKey: "a key with 'quotes' and \u00e9" };
    expect(await store.admission(key)).toMatchObject({ seq: 1 });
  });

  it("is kept as it was in a copy that opens", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    const before = dumpRows(path);
    const told: unknown[] = [];
    const logger = {
      debug: () => {},
      info: (...line: unknown[]) => void told.push(line),
      warn: () => {},
      error: () => {},
    };
    await (await openSqliteStore({ path, logger }))[Symbol.asyncDispose]();
    expect(dumpRows(`${path}.v1-backup`)).toEqual(before);
    expect(told).toEqual([[expect.stringContaining(`${path}.v1-backup`), { path, copy: `${path}.v1-backup` }]]);
    await using copy = await openSqliteStore({ path: `${path}.v1-backup` });
    expect(await verifySession(copy, oldSessions[0]!, sha256)).toMatchObject({ chain: [], projections: [] });
  });

  it.each(places)("stays as it was where its upgrade fails at %s, and is upgraded the next time", async (place) => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    const before = dumpRows(path);
    const faults = faultPointsFrom(`store.migration:2:${place}=fail`);
    const error = await refusalOf(openSqliteStore({ path, faults }));
    expect(error).toMatchObject({
      code: "store.migration-failed",
      data: { migration: "0002-floors-and-replicas", path },
    });
    expect(error.message).toContain("dryRun");
    expect(dumpRows(path)).toEqual(before);
    await using store = await openSqliteStore({ path });
    expect(await verifySession(store, oldSessions[0]!, sha256)).toMatchObject({ chain: [], projections: [] });
  });

  it("is refused where an admission has lost its event, and says which table would lose rows", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    changeFile(path, "delete from event where sessionId = 'ses_inbox' and seq = 2");
    const error = await refusalOf(openSqliteStore({ path }));
    expect(error.code).toBe("store.migration-failed");
    expect(error.message).toMatch(/keep 8 rows of admission, found 7/);
    expect(dumpRows(path)["admission"]).toHaveLength(8);
  });
});

describe("a store that only one connection may open, on a network file system", () => {
  it("is upgraded, with a copy, through that connection, and nobody else gets in", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    const before = dumpRows(path);
    rmSync(`${path}-shm`, { force: true });
    const connection = new Database(path, { timeout: 50 });
    try {
      connection.pragma("locking_mode = exclusive");
      const options = { path, isExclusive: true, budgetMs: 1_000, logger: silentLogger, faults: undefined };
      expect(await migrate(connection, Database, options)).toMatchObject([{ version: 2, copy: `${path}.v1-backup` }]);
      expect(existsSync(`${path}-shm`)).toBe(false);
      expect(await refusalOf(openSqliteStore({ path, busyBudgetMs: 100 }))).toMatchObject({ code: "store.busy" });
    } finally {
      connection.close();
    }
    expect(dumpRows(`${path}.v1-backup`)).toEqual(before);
    await using store = await openSqliteStore({ path });
    expect(await verifySession(store, oldSessions[0]!, sha256)).toMatchObject({ chain: [], projections: [] });
  });
});

describe("migrateSqliteStore", () => {
  it("tells in a dry run what it would do, and changes nothing", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    const before = bytesOf(folder.path);
    const report = await migrateSqliteStore({ path, dryRun: true });
    expect(report).toMatchObject({
      dryRun: true,
      from: 1,
      to: 2,
      migrations: [
        {
          version: 2,
          name: "0002-floors-and-replicas",
          rewritesData: true,
          copy: `${path}.v1-backup`,
          rows: { event: 46, admission: 8, blob: 2, session: 4 },
          failure: null,
        },
      ],
    });
    expect(bytesOf(folder.path)).toEqual(before);
  });

  it("tells in a dry run what would fail, while somebody has the store open", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    changeFile(path, "delete from event where sessionId = 'ses_inbox' and seq = 2");
    const database = new Database(path);
    try {
      database.exec("update meta set value = value");
      expect(existsSync(`${path}-wal`)).toBe(true);
      const { migrations } = await migrateSqliteStore({ path, dryRun: true });
      expect(migrations).toMatchObject([{ version: 2, failure: expect.stringContaining("admission") as string }]);
      expect(database.pragma("user_version", { simple: true })).toBe(1);
    } finally {
      database.close();
    }
  });

  it("migrates, and then has nothing to do", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    const done = await migrateSqliteStore({ path });
    expect(done).toMatchObject({
      from: 1,
      to: 2,
      migrations: [{ version: 2, copy: `${path}.v1-backup`, failure: null }],
    });
    expect(await migrateSqliteStore({ path })).toMatchObject({ from: 2, to: 2, migrations: [] });
    expect(await migrateSqliteStore({ path, dryRun: true })).toMatchObject({ from: 2, migrations: [] });
  });

  it.each([true, false])("waits for another process that keeps readers out (dry run: %s)", async (dryRun) => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    changeFile(path, "pragma journal_mode = delete");
    const other = new Database(path);
    other.exec("begin exclusive");
    const wait = new Promise<void>((resolve) =>
      setTimeout(() => {
        other.exec("rollback");
        other.close();
        resolve();
      }, 200),
    );
    expect(await migrateSqliteStore({ path, dryRun })).toMatchObject({ from: 1, migrations: [{ failure: null }] });
    await wait;
  });

  it("keeps damage where it was: an event whose hash is none any more is still found", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    changeFile(path, "update event set hash = 'x' || substr(hash, 2) where sessionId = 'ses_done' and seq = 3");
    await migrateSqliteStore({ path });
    await using store = await openSqliteStore({ path });
    const { chain } = await verifySession(store, createDrafts("done").sessionId, sha256);
    expect(chain).toEqual(expect.arrayContaining([3, 4].map((seq) => ({ kind: "wrong-hash", seq }))));
  });

  it("refuses a path without a file, another program's file, and a newer store", async () => {
    using folder = temporaryFolder();
    const path = folder.join("some.db");
    expect(await refusalOf(migrateSqliteStore({ path }))).toMatchObject({ code: "store.not-found" });
    expect(readdirSync(folder.path)).toEqual([]);
    restoreVersion1(path);
    changeFile(path, "pragma user_version = 99");
    for (const dryRun of [true, false]) {
      expect(await refusalOf(migrateSqliteStore({ path, dryRun }))).toMatchObject({ code: "store.newer" });
    }
    changeFile(path, "pragma application_id = 7");
    expect(await refusalOf(migrateSqliteStore({ path }))).toMatchObject({ code: "store.corrupt" });
  });
});
