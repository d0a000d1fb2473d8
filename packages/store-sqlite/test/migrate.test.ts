import { existsSync, rmSync } from "node:fs";

import { silentLogger } from "@holdfast/core";
import { verifySession } from "@holdfast/core/store";
import { createDrafts, sha256 } from "@holdfast/testkit";
import { faultPointsFrom } from "@holdfast/testkit/fault";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { floorsAndReplicas } from "../src/migrations/0002-floors-and-replicas.ts";
import { migrate } from "../src/migrations/migrate.ts";
import { asInVersion1, sorted, withoutPrevHash } from "./as-in-version-1.ts";
import { refusalOf } from "./refusal-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { changeFile, dumpRows, oldSessions, restoreVersion1 } from "./version-1.ts";

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
    const copies = ["v1", "v2"].map((version) => `${path}.${version}-backup`);
    expect(told).toEqual([
      ...copies.map((copy) => [expect.stringContaining(copy), { path, copy }]),
      // This upgrade rewrites nothing, and needs no copy.
      [expect.stringContaining("schema version 4"), { path, copy: null }],
      ...["v4", "v5"].map((version) => [
        expect.stringContaining(`${version}-backup`),
        { path, copy: `${path}.${version}-backup` },
      ]),
    ]);
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
      expect(await migrate(connection, Database, options)).toMatchObject([
        { version: 2, copy: `${path}.v1-backup` },
        { version: 3, copy: `${path}.v2-backup` },
        { version: 4, copy: null },
        { version: 5, copy: `${path}.v4-backup` },
        { version: 6, copy: `${path}.v5-backup` },
      ]);
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
