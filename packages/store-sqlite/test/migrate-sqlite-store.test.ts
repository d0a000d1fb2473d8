import { existsSync, readdirSync, readFileSync } from "node:fs";

import { verifySession } from "@holdfast/core/store";
import { createDrafts, sha256 } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { migrateSqliteStore, openSqliteStore } from "../src/index.ts";
import { refusalOf } from "./refusal-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { changeFile, restoreVersion1 } from "./version-1.ts";

const bytesOf = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`).toString("base64")]));

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
      to: 6,
      migrations: [
        {
          version: 2,
          name: "0002-floors-and-replicas",
          rewritesData: true,
          copy: `${path}.v1-backup`,
          rows: { event: 46, admission: 8, blob: 2, session: 4 },
          failure: null,
        },
        {
          version: 3,
          name: "0003-asks-and-approvals",
          rewritesData: true,
          copy: `${path}.v2-backup`,
          rows: { event: 46, admission: 8, blob: 2, session: 4 },
          failure: null,
        },
        { version: 4, name: "0004-fewer-indexes", rewritesData: false, copy: null, failure: null },
        { version: 5, name: "0005-system-context", rewritesData: true, copy: `${path}.v4-backup`, failure: null },
        { version: 6, name: "0006-compaction", rewritesData: true, copy: `${path}.v5-backup`, failure: null },
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
      expect(migrations).toMatchObject([
        { version: 2, failure: expect.stringContaining("admission") as string },
        { version: 3, rows: {} },
        { version: 4, rows: {} },
        { version: 5, rows: {} },
        { version: 6, rows: {} },
      ]);
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
      to: 6,
      migrations: [
        { version: 2, copy: `${path}.v1-backup`, failure: null },
        { version: 3, copy: `${path}.v2-backup`, failure: null },
        { version: 4, copy: null, failure: null },
        { version: 5, copy: `${path}.v4-backup`, failure: null },
        { version: 6, copy: `${path}.v5-backup`, failure: null },
      ],
    });
    expect(await migrateSqliteStore({ path })).toMatchObject({ from: 6, to: 6, migrations: [] });
    expect(await migrateSqliteStore({ path, dryRun: true })).toMatchObject({ from: 6, migrations: [] });
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
    expect(await migrateSqliteStore({ path, dryRun })).toMatchObject({
      from: 1,
      migrations: [2, 3, 4, 5, 6].map((version) => ({ version, failure: null })),
    });
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
