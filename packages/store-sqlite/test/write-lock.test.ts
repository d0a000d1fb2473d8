import { setTimeout as sleep } from "node:timers/promises";

import { admitPlan, createDrafts, createPlan } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { holdLock } from "./hold-lock.ts";
import { temporaryFolder } from "./temporary-folder.ts";

import type { SqliteStore, SqliteStoreOptions } from "../src/index.ts";

const d = createDrafts("lock");
const key = { sessionId: d.sessionId, callId: d.callId, attempt: 1 };
const record = { ownerId: d.ownerId, runtime: "r", host: "h", boot: null, pidNamespace: null, pid: 1, startTime: null };
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const begin = async (options: Omit<SqliteStoreOptions, "path"> = {}) => {
  const folder = temporaryFolder();
  const path = folder.join("store.db");
  const store = await openSqliteStore({ path, ...options });
  await store.commit(createPlan(d));
  return {
    path,
    store,
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
};

const readRow = (path: string, sql: string): unknown => {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare(sql).get();
  } finally {
    database.close();
  }
};

const writes: readonly (readonly [string, (store: SqliteStore) => Promise<unknown>, string])[] = [
  ["a plan", (store) => store.commit(admitPlan(d)), "select 1 as found from input"],
  ["a renewal", (store) => store.renew(record), "select 1 as found from owner"],
  ["an output", (store) => store.putOutput(key, Uint8Array.of(1)), "select 1 as found from output"],
];

describe("a write while another process holds the write lock", () => {
  it.each(writes)("%s waits until it is released", async (_, write, sql) => {
    await using at = await begin();
    const lock = holdLock(at.path);
    const written = write(at.store);
    await sleep(150);
    expect(readRow(at.path, sql)).toBeUndefined();
    lock[Symbol.dispose]();
    await written;
    expect(readRow(at.path, sql)).toEqual({ found: 1 });
  });

  it.each(writes)("%s is refused as busy when its time is over, and may be tried again", async (_, write, sql) => {
    await using at = await begin({ busyBudgetMs: 100 });
    const lock = holdLock(at.path);
    await expect(write(at.store)).rejects.toMatchObject({
      code: "store.busy",
      retryable: true,
      data: { sqlite: "SQLITE_BUSY", path: at.path },
    });
    lock[Symbol.dispose]();
    expect(readRow(at.path, sql)).toBeUndefined();
    await write(at.store);
    expect(readRow(at.path, sql)).toEqual({ found: 1 });
  });

  it("500 plans are all refused after the time of one, and not one after the other", async () => {
    await using at = await begin({ busyBudgetMs: 300 });
    using _lock = holdLock(at.path);
    const startedAt = performance.now();
    const results = await Promise.allSettled(range(500).map((n) => at.store.commit(admitPlan(d.turn(n)))));
    expect(results.map(({ status }) => status)).toEqual(results.map(() => "rejected"));
    // The first group alone would take as long as its 64 plans, were each tried for itself: 19 s.
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it("counts a plan's time from when it was committed, also where it waits behind others", async () => {
    await using at = await begin({ busyBudgetMs: 400 });
    using _lock = holdLock(at.path);
    const early = at.store.commit(admitPlan(d.turn(1))).then(
      () => "committed",
      () => performance.now(),
    );
    await sleep(300);
    const lateAt = performance.now();
    const late = at.store.commit(admitPlan(d.turn(2))).then(
      () => "committed",
      () => performance.now(),
    );
    const [earlyEnd, lateEnd] = [Number(await early), Number(await late)];
    expect(lateEnd - lateAt).toBeGreaterThanOrEqual(400);
    expect(lateEnd - lateAt).toBeLessThan(1_500);
    expect(earlyEnd).toBeLessThan(lateEnd);
  });

  it("plans are committed in the order in which they came, whatever was tried again", async () => {
    await using at = await begin();
    const lock = holdLock(at.path);
    const first = range(100).map((n) => at.store.commit(admitPlan(d.turn(n))));
    await sleep(60);
    const renewed = at.store.renew(record);
    const second = range(100).map((n) => at.store.commit(admitPlan(d.turn(100 + n))));
    await sleep(60);
    lock[Symbol.dispose]();
    const seqs = (await Promise.all([...first, ...second])).map(({ head }) => head.seq);
    expect(seqs).toEqual(range(200));
    await renewed;
  });

  it("is judged under the lock, and not by what the other process may be about to change", async () => {
    await using at = await begin({ busyBudgetMs: 100 });
    using _lock = holdLock(at.path);
    const unknown = createDrafts("unknown");
    await expect(at.store.commit(admitPlan(unknown))).rejects.toMatchObject({ code: "store.busy" });
  });

  it("does not keep reads waiting", async () => {
    await using at = await begin();
    using _lock = holdLock(at.path);
    expect(await at.store.head(d.sessionId)).toMatchObject({ seq: 0 });
    expect((await at.store.snapshot(d.sessionId))?.head).toMatchObject({ seq: 0 });
  });

  it("is waited for by disposal, since it was accepted", async () => {
    await using at = await begin();
    const lock = holdLock(at.path);
    const written = writes.map(([, write]) => write(at.store));
    const closed = at.store[Symbol.asyncDispose]();
    await sleep(100);
    lock[Symbol.dispose]();
    await Promise.all(written);
    await closed;
    for (const [, , sql] of writes) expect(readRow(at.path, sql)).toEqual({ found: 1 });
  });
});

describe("opening", () => {
  it("waits while another process has a new file to itself", async () => {
    using folder = temporaryFolder();
    const path = folder.join("new.db");
    const other = new Database(path);
    // A file that is no WAL file yet can be locked against readers, too.
    other.exec("begin exclusive");
    const opening = openSqliteStore({ path });
    await sleep(200);
    other.exec("rollback");
    other.close();
    await using store = await opening;
    expect(await store.sessions({ limit: 1 })).toEqual([]);
  });
});

describe("a store that was upgraded meanwhile", () => {
  it("refuses writes, and lets go of the write lock", async () => {
    await using at = await begin();
    const other = new Database(at.path);
    const version = Number(other.pragma("user_version", { simple: true }));
    other.pragma("user_version = 99");
    for (const [, write] of writes) await expect(write(at.store)).rejects.toMatchObject({ code: "store.upgraded" });
    other.exec("begin immediate; rollback");
    other.pragma(`user_version = ${version}`);
    for (const [, write] of writes) await write(at.store);
    other.close();
  });
});
