import { HoldfastError } from "@holdfast/core";
import { toTextValue } from "@holdfast/core/event";
import { planPrune, verifySession } from "@holdfast/core/store";
import { admitPlan, createDrafts, sha256 } from "@holdfast/testkit";
import { faultPointsFrom } from "@holdfast/testkit/fault";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { startFixture } from "./start-fixture.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { writeTurns } from "./write-turns.ts";

import type { HistoryPage, Store } from "@holdfast/core/store";
import type { Drafts } from "@holdfast/testkit";

const d = createDrafts("long");
const { sessionId } = d;
const intact = { chain: [], projections: [] };

const planOf = async (store: Store, keepEvents = 0) => {
  const plan = await planPrune(store, sessionId, { policy: { now: 0, keepEvents, maxEvents: 100_000 }, hash: sha256 });
  if (plan === null) throw new Error("expected something to prune");
  return plan;
};

const messagesOf = async (store: Store) => {
  const page = await store.history({ sessionId, after: -1, limit: 200 });
  return page?.messages;
};

const pagesOf = async (store: Store, limit: number): Promise<readonly HistoryPage[]> => {
  const pages: HistoryPage[] = [];
  for (let after = -1; ;) {
    const page = await store.history({ sessionId, after, limit });
    if (page === null || page.messages.length === 0) return pages;
    pages.push(page);
    after = page.messages.at(-1)?.seq ?? after;
  }
};

/** Rows of each table that are the session's, read past the store. */
const countRows = (path: string) => {
  const database = new Database(path);
  try {
    const tables = ["event", "input", "block", "call", "execution", "step", "attempt", "message", "frozenMessage"];
    const count = (table: string) => database.prepare(`select count(*) from "${table}"`).pluck().get();
    return Object.fromEntries(tables.map((table) => [table, count(table)]));
  } finally {
    database.close();
  }
};

const open = async (folder: { join: (name: string) => string }, fault?: string) =>
  openSqliteStore({ path: folder.join("pruned.db"), faults: faultPointsFrom(fault) });

const steps = ["frozen", "floor", "events", "rows"].flatMap((name) => [`before-${name}`, `after-${name}`]);
const isMoved = (step: string) => step !== "before-floor" && !step.endsWith("-frozen");

describe("prune", () => {
  it("removes the rows that went with the events, and keeps what later events build on", async () => {
    using folder = temporaryFolder();
    await using store = await open(folder);
    await writeTurns(store, d, [1, 20]);
    const messages = await messagesOf(store);
    const plan = await planOf(store, 12);
    expect(await store.prune(plan)).toEqual({ removedEvents: 229, removedBlobs: 0 });
    expect(countRows(folder.join("pruned.db"))).toEqual({
      event: 12,
      input: 1,
      block: 1,
      call: 1,
      execution: 2,
      step: 2,
      attempt: 2,
      message: 40,
      frozenMessage: 38,
    });
    expect(await messagesOf(store)).toEqual(messages);
    await writeTurns(store, d, [21, 22]);
    expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 36, ...intact });
    expect(await store.prune(await planOf(store))).toEqual({ removedEvents: 36, removedBlobs: 0 });
    expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 0, ...intact });
  });

  it("leaves the same pages of messages, also those that the floor goes through", async () => {
    using folder = temporaryFolder();
    await using store = await open(folder);
    await writeTurns(store, d, [1, 20]);
    const messages = await messagesOf(store);
    await store.prune(await planOf(store, 100));
    const floor = (await store.floor(sessionId))?.seq ?? -1;
    for (const limit of [1, 7, 23, 39]) {
      const pages = await pagesOf(store, limit);
      expect(pages.flatMap((page) => page.messages)).toEqual(messages);
      for (const page of pages) {
        const below = page.messages.filter(({ seq }) => seq <= floor).map(({ messageId }) => messageId);
        expect(page.frozen.map(({ messageId }) => messageId)).toEqual(below);
        expect(page.events.every(({ seq }) => seq > floor)).toBe(true);
      }
    }
  });

  it.each(steps)("that stops at %s shows the session whole, and is finished by the next", async (step) => {
    using folder = temporaryFolder();
    {
      await using store = await open(folder, `store.prune:${step}=fail`);
      await writeTurns(store, d, [1, 60]);
      const messages = await messagesOf(store);
      await expect(store.prune(await planOf(store, 13))).rejects.toThrow("was told to fail");
      expect((await store.floor(sessionId))?.seq ?? null).toBe(isMoved(step) ? 696 : null);
      expect(await verifySession(store, sessionId, sha256)).toEqual({ events: isMoved(step) ? 24 : 721, ...intact });
      expect(await messagesOf(store)).toEqual(messages);
      const [first] = await store.events({ sessionId, after: -1, limit: 1 });
      expect(first?.seq).toBe(isMoved(step) ? 697 : 0);
    }
    await using store = await open(folder);
    await store.prune(await planOf(store));
    expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 0, ...intact });
    expect(countRows(folder.join("pruned.db"))).toMatchObject({ event: 0, input: 0, block: 0, execution: 1, step: 1 });
  });

  it.each(["before-floor", "after-floor", "after-events", "after-rows"])(
    "whose process is killed at %s loses nothing above the floor",
    async (step) => {
      using folder = temporaryFolder();
      const path = folder.join("pruned.db");
      let messages;
      {
        await using store = await open(folder);
        await writeTurns(store, d, [1, 60]);
        messages = await messagesOf(store);
      }
      const child = startFixture("open-with-fault", [path, `store.prune:${step}=kill`, "long"]);
      await expect(child.ended).rejects.toThrow("found null");
      await using store = await open(folder);
      expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
      expect(await messagesOf(store)).toEqual(messages);
      expect(await store.admission({ sessionId, idempotencyKey: d.turn(7).inputId })).not.toBeNull();
      await writeTurns(store, d, [61, 61]);
      await store.prune(await planOf(store));
      expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 0, ...intact });
      expect(countRows(path)).toMatchObject({ event: 0, input: 0, call: 0, frozenMessage: 122 });
    },
  );

  it("lets commits through between its slices", async () => {
    using folder = temporaryFolder();
    await using store = await open(folder);
    await writeTurns(store, d, [1, 300]);
    const plan = await planOf(store);
    const other = createDrafts("other");
    const done = new AbortController();
    const pruning = store.prune(plan).finally(() => done.abort());
    let during = 0;
    for (let turn = 1; !done.signal.aborted; turn++) {
      await writeTurns(store, other, [turn, turn]);
      during += done.signal.aborted ? 0 : 1;
    }
    expect(await pruning).toMatchObject({ removedEvents: 3_601 });
    expect(during).toBeGreaterThan(3);
    expect(await verifySession(store, other.sessionId, sha256)).toMatchObject(intact);
  });

  it("removes a blob with the last event that refers to it, and not before", async () => {
    using folder = temporaryFolder();
    await using store = await open(folder);
    const { value, blobs } = toTextValue("long ".repeat(60_000), sha256);
    const hashes = blobs.map(({ hash }) => hash);
    const admit = (turn: Drafts) => {
      const plan = admitPlan(turn, { text: value });
      return { ...plan, events: plan.events.map((event) => ({ ...event, blobs: hashes })), blobs };
    };
    const other = createDrafts("other");
    await writeTurns(store, d, [1, 3, admit]);
    await writeTurns(store, other, [1, 1, admit]);
    expect(await store.prune(await planOf(store))).toEqual({ removedEvents: 37, removedBlobs: 0 });
    expect(await store.blob(hashes[0]!)).toBe(blobs[0]!.text);
    const policy = { now: 0, keepEvents: 0 };
    const plan = await planPrune(store, other.sessionId, { policy, hash: sha256 });
    expect(await store.prune(plan!)).toEqual({ removedEvents: 13, removedBlobs: 1 });
    expect(await store.blob(hashes[0]!)).toBeNull();
    const page = await store.history({ sessionId, after: -1, limit: 200 });
    expect(page?.frozen.filter(({ value }) => value.includes("long long"))).toHaveLength(3);
  });

  it("of a plan that is out of date changes nothing", async () => {
    using folder = temporaryFolder();
    await using store = await open(folder);
    await writeTurns(store, d, [1, 10]);
    const stale = await planOf(store, 60);
    await store.prune(await planOf(store, 30));
    const before = countRows(folder.join("pruned.db"));
    const wrong = await planOf(store);
    const refused = [
      stale,
      { ...wrong, floor: { ...wrong.floor, hash: "1".repeat(64) } },
      { ...wrong, floor: { ...wrong.floor, seq: wrong.floor.seq - 1 } },
      { ...wrong, expected: null },
    ];
    for (const plan of refused) {
      const error: unknown = await store.prune(plan).catch((reason: unknown) => reason);
      expect(HoldfastError.isInstance(error, "store.condition-failed")).toBe(true);
    }
    expect(countRows(folder.join("pruned.db"))).toEqual(before);
    const lacking = await store
      .prune({ ...wrong, messages: wrong.messages.slice(1) })
      .catch((reason: unknown) => reason);
    expect(HoldfastError.isInstance(lacking, "store.condition-failed")).toBe(true);
    expect(await verifySession(store, sessionId, sha256)).toMatchObject(intact);
    await store.prune(wrong);
  });
});
