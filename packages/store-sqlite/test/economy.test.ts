import { statSync } from "node:fs";

import { silentLogger } from "@holdfast/core";
import { toTextValue } from "@holdfast/core/event";
import { verifySession } from "@holdfast/core/store";
import { createDrafts, createPlan, sha256 } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { writeTurns } from "./write-turns.ts";

const d = createDrafts("eco");
const { sessionId } = d;
const day = 24 * 60 * 60 * 1_000;
const walSize = (path: string) => statSync(`${path}-wal`).size;
const idle = { timeout: 6_000 };

describe("outputs", () => {
  it("are read for seven days, and then are gone and collected", { timeout: 30_000 }, async () => {
    using folder = temporaryFolder();
    let now = 1_800_000_000_000;
    await using store = await openSqliteStore({ path: folder.join("store.db"), clock: { now: () => now } });
    const key = { sessionId, callId: d.callId, attempt: 1 };
    const read = () => store.readOutput(key, { offset: 0, limit: 3 });
    await store.putOutput(key, new Uint8Array(9_000_000));
    now += 7 * day - 1;
    expect(await read()).toMatchObject({ size: 9_000_000 });
    await store.putOutput({ ...key, attempt: 2 }, new Uint8Array(10));
    now += 1;
    expect(await read()).toBeNull();
    await expect.poll(async () => (await store.stats()).outputs, idle).toEqual({ count: 1, bytes: 10 });
    expect((await store.stats()).tables["outputChunk"]).toBeLessThan(100_000);
  });
});

describe("blobs", () => {
  it("that no event refers to are collected, and others are not", { timeout: 30_000 }, async () => {
    using folder = temporaryFolder();
    await using store = await openSqliteStore({ path: folder.join("store.db") });
    const kept = toTextValue("kept ".repeat(60_000), sha256);
    const spare = toTextValue("spare ".repeat(60_000), sha256).blobs;
    const { hash } = kept.blobs[0]!;
    await store.commit(createPlan(d));
    const input = { ...d.admitted({ text: kept.value }), blobs: [hash] };
    await store.commit({ sessionId, events: [input], blobs: [...kept.blobs, ...spare] });
    expect((await store.stats()).blobs).toEqual({ count: 2, bytes: 660_000 });
    await expect.poll(async () => (await store.stats()).blobs, idle).toEqual({ count: 1, bytes: 300_000 });
    expect(await store.blob(hash)).toBe(kept.blobs[0]!.text);
    expect(await store.blob(spare[0]!.hash)).toBeNull();
  });
});

describe("the write-ahead log", () => {
  it("is cut when the store has been idle for a second, and keeps no process alive", { timeout: 30_000 }, async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await using store = await openSqliteStore({ path });
    await writeTurns(store, d, [1, 50]);
    expect(walSize(path)).toBeGreaterThan(256 * 1024);
    await expect.poll(() => walSize(path), idle).toBe(0);
    expect(await verifySession(store, sessionId, sha256)).toMatchObject({ events: 601, chain: [], projections: [] });
  });

  it("grows while another process reads on, which is told, and is cut after that", { timeout: 30_000 }, async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    const told: string[] = [];
    const logger = { ...silentLogger, warn: (line: string) => void told.push(line) };
    await using store = await openSqliteStore({ path, logger });
    await writeTurns(store, d, [1, 1]);
    const reader = new Database(path);
    reader.exec("begin; select count(*) from event");
    await writeTurns(store, d, [2, 1_000]);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(walSize(path)).toBeGreaterThan(64 * 1024 * 1024);
    expect(told).toEqual([expect.stringContaining("one long transaction")]);
    expect(reader.prepare("select count(*) from event").pluck().get()).toBe(13);
    reader.exec("commit");
    reader.close();
    await expect.poll(() => walSize(path), idle).toBe(0);
  });
});

describe("stats", () => {
  it("gives bytes by table and by type of event, and adds up", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await using store = await openSqliteStore({ path });
    await writeTurns(store, d, [1, 30]);
    const { tables, events, pages, pageBytes, freePages, fileBytes } = await store.stats();
    expect(Object.values(tables).reduce((sum, bytes) => sum + bytes, 0)).toBe((pages - freePages) * pageBytes);
    expect(fileBytes).toBe(pages * pageBytes);
    expect(Object.values(events).reduce((sum, { count }) => sum + count, 0)).toBe(361);
    const log = await store.events({ sessionId, after: -1, limit: 500 });
    const texts = log.filter(({ type }) => type === "text.ended").map(({ data }) => JSON.stringify(data).length);
    expect(events["text.ended"]).toEqual({ count: 30, bytes: texts.reduce((sum, bytes) => sum + bytes, 0) });
  });
});

describe("backup", () => {
  it.each(["file", ":memory:"])("copies a store (%s) of one moment while it is written to", async (kind) => {
    using folder = temporaryFolder();
    const path = kind === "file" ? folder.join("store.db") : kind;
    await using store = await openSqliteStore({ path });
    await writeTurns(store, d, [1, 100]);
    const copying = store.backup(folder.join("copy.db"));
    await writeTurns(store, d, [101, 110]);
    await copying;
    await using copy = await openSqliteStore({ path: folder.join("copy.db") });
    const { events, chain, projections } = await verifySession(copy, sessionId, sha256);
    expect({ chain, projections }).toEqual({ chain: [], projections: [] });
    expect(events).toBeGreaterThanOrEqual(1_201);
    expect(copy.storeId).toBe(store.storeId);
    await expect(store.backup(folder.join("copy.db"))).rejects.toMatchObject({ code: "argument.invalid" });
  });

  it("that does not get to its end leaves nothing at its path", async () => {
    using folder = temporaryFolder();
    await using store = await openSqliteStore({ path: folder.join("store.db") });
    await expect(store.backup(folder.join("missing/copy.db"))).rejects.toMatchObject({
      code: "store.not-found",
    });
    await expect(store.backup(folder.join("copy.db"))).resolves.toBeUndefined();
  });
});
