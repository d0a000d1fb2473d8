import { readdirSync } from "node:fs";

import { verifySession } from "@holdfast/core/store";
import { createDrafts, createPlan, sha256 } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { EventTypes } from "../src/event-types.ts";
import { openSqliteStore } from "../src/index.ts";
import { SessionKeys } from "../src/session-keys.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { changeFile } from "./version-1.ts";
import { writeTurns } from "./write-turns.ts";

import type { CommitPlan } from "@holdfast/core/store";

const [one, two] = [createDrafts("one"), createDrafts("two")];
const whole = { chain: [], projections: [] };

/** A plan that makes a session, and fails after its rows were written. */
const failing = (drafts: typeof one): CommitPlan => ({
  ...createPlan(drafts),
  changes: [{ op: "require", table: "step", where: { state: "open" }, expect: "some" }],
});

const makeFile = async (path: string): Promise<Database.Database> => {
  await (await openSqliteStore({ path }))[Symbol.asyncDispose]();
  return new Database(path);
};

describe("the number of a session", () => {
  it("that was rolled back goes to another session, and neither is taken for the other", async () => {
    await using store = await openSqliteStore({ path: ":memory:" });
    // At once, so that all of them share a transaction.
    const results = await Promise.allSettled(
      [failing(one), createPlan(two), failing(one)].map((plan) => store.commit(plan)),
    );
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected"]);
    expect(await store.head(one.sessionId)).toBeNull();
    expect(await store.events({ sessionId: one.sessionId, after: -1, limit: 10 })).toEqual([]);
    await Promise.all([writeTurns(store, one, [1, 2]), writeTurns(store, two, [1, 3])]);
    expect(await verifySession(store, one.sessionId, sha256)).toEqual({ events: 25, ...whole });
    expect(await verifySession(store, two.sessionId, sha256)).toEqual({ events: 37, ...whole });
  });

  it("of a session that another process makes is found, also where it was looked for before", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await using store = await openSqliteStore({ path });
    await using other = await openSqliteStore({ path });
    expect(await store.head(one.sessionId)).toBeNull();
    await writeTurns(other, one, [1, 1]);
    await writeTurns(store, two, [1, 1]);
    await writeTurns(store, one, [2, 2]);
    expect(await verifySession(other, one.sessionId, sha256)).toEqual({ events: 25, ...whole });
    expect(await verifySession(other, two.sessionId, sha256)).toEqual({ events: 13, ...whole });
  });

  it("is not remembered before its transaction is over", async () => {
    using folder = temporaryFolder();
    const database = await makeFile(folder.join("s.db"));
    const keys = new SessionKeys(database);
    const insert = database.prepare(
      `insert into session (sessionKey, sessionId, directory, project, agent, title, denies, createdTime, inputTokens, outputTokens, cost)
       values (?, ?, '', '', '', '', '[]', 0, 0, 0, 0)`,
    );
    database.exec("begin immediate");
    keys.begin();
    insert.run(keys.next("ses_a"), "ses_a");
    expect(keys.find("ses_a")).toBe(1);
    database.exec("rollback");
    expect(keys.find("ses_a")).toBeNull();
    database.exec("begin immediate");
    keys.begin();
    insert.run(keys.next("ses_b"), "ses_b");
    insert.run(keys.next("ses_a"), "ses_a");
    database.exec("commit");
    expect([keys.find("ses_a"), keys.find("ses_b"), keys.find("ses_c")]).toEqual([2, 1, null]);
    database.close();
  });
});

describe("the number of a type", () => {
  it("that was rolled back goes to another type, and neither is taken for the other", async () => {
    using folder = temporaryFolder();
    const database = await makeFile(folder.join("s.db"));
    const types = new EventTypes(database);
    database.exec("begin immediate");
    types.begin();
    database.exec("savepoint plan");
    expect([types.keyOf("a"), types.keyOf("a")]).toEqual([1, 1]);
    database.exec("rollback to plan");
    expect(types.keyOf("b")).toBe(1);
    expect(types.keyOf("a")).toBe(2);
    database.exec("commit");
    types.begin();
    expect(["a", "b", "a"].map((name) => types.keyOf(name))).toEqual([2, 1, 2]);
    expect([1, 2, 1].map((key) => types.nameOf(key))).toEqual(["b", "a", "b"]);
    database.close();
  });
});

describe("a new file", () => {
  it("has pages of 2 KiB, and one whose pages were changed by hand keeps them", async () => {
    using folder = temporaryFolder();
    const path = folder.join("new.db");
    const pageBytesOf = async () => {
      await using store = await openSqliteStore({ path });
      return (await store.stats()).pageBytes;
    };
    expect(await pageBytesOf()).toBe(2_048);
    changeFile(path, "pragma journal_mode = delete; pragma page_size = 8192; vacuum");
    expect(await pageBytesOf()).toBe(8_192);
  });

  it("leaves no copy beside it, whatever its first migrations rewrite", async () => {
    using folder = temporaryFolder();
    await (await openSqliteStore({ path: folder.join("new.db") }))[Symbol.asyncDispose]();
    expect(readdirSync(folder.join("."))).not.toContainEqual(expect.stringContaining("backup"));
  });
});

describe("the hash before an event", () => {
  it("is the same wherever a page begins, and in history", async () => {
    await using store = await openSqliteStore({ path: ":memory:" });
    const { sessionId } = one;
    await writeTurns(store, one, [1, 3]);
    const events = await store.events({ sessionId, after: -1, limit: 100 });
    for (const { seq } of events) {
      expect(await store.events({ sessionId, after: seq, limit: 2 })).toEqual(events.slice(seq + 1, seq + 3));
    }
    const page = await store.history({ sessionId, after: -1, limit: 10 });
    expect(page?.events.length).toBeGreaterThan(20);
    expect(page?.events).toEqual(page?.events.map(({ seq }) => events[seq]));
  });
});
