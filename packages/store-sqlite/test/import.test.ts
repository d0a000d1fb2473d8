import { verifySession } from "@holdfast/core/store";
import { admitPlan, createDrafts, createMemoryStore, sha256 } from "@holdfast/testkit";
import { faultPointsFrom } from "@holdfast/testkit/fault";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { writeTurns } from "./write-turns.ts";

import type { SealedEnvelope } from "@holdfast/core/event";

const d = createDrafts("far");
const { sessionId } = d;
const intact = { chain: [], projections: [] };

/** The log of a session that was written elsewhere. */
const logOf = async (drafts = d): Promise<readonly SealedEnvelope[]> => {
  await using source = createMemoryStore();
  await writeTurns(source, drafts, [1, 3]);
  return source.events({ sessionId: drafts.sessionId, after: -1, limit: 500 });
};

describe("import", () => {
  it("tells watchers what it added, and gives rows that equal the rebuild", async () => {
    await using store = await openSqliteStore({ path: ":memory:" });
    const events = await logOf();
    const heard: unknown[] = [];
    using _ = store.watch(sessionId, (committed) => heard.push(committed?.map(({ seq }) => seq)));
    await store.import({ sessionId, events: events.slice(0, 20), as: "replica" });
    const { added, duplicates } = await store.import({ sessionId, events, as: "replica" });
    expect([added, duplicates]).toEqual([17, 20]);
    expect(heard).toEqual([events.slice(0, 20).map(({ seq }) => seq), events.slice(20).map(({ seq }) => seq)]);
    expect(await store.events({ sessionId, after: -1, limit: 500 })).toEqual(events);
    expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 37, ...intact });
  });

  it("leaves the session free, below no fence of its log", async () => {
    await using store = await openSqliteStore({ path: ":memory:" });
    await store.import({ sessionId, events: await logOf(), as: "native" });
    expect(await store.snapshot(sessionId)).toMatchObject({ claim: { owner: null, fence: 3 }, replica: null });
    await writeTurns(store, d, [4, 4]);
    expect(await store.snapshot(sessionId)).toMatchObject({ claim: { owner: null, fence: 4 } });
  });

  it("finds a reused ID wherever it is, in a log longer than a slice", async () => {
    await using store = await openSqliteStore({ path: ":memory:" });
    const other = createDrafts("zz");
    await writeTurns(store, other, [1, 200]);
    const [used] = await store.events({ sessionId: other.sessionId, after: 2_300, limit: 1 });
    const events = await logOf();
    // Sealed again with the other session's ID, so that nothing but the ID is wrong.
    await using source = createMemoryStore();
    const created = d.sessionCreated({}, { id: used!.id });
    await source.commit({ sessionId, events: [created], expectedSeq: -1 });
    const reused = await source.events({ sessionId, after: -1, limit: 1 });
    await expect(store.import({ sessionId, events: reused, as: "replica" })).rejects.toMatchObject({
      code: "import.reused-id",
    });
    expect(await store.head(sessionId)).toBeNull();
    expect(await store.import({ sessionId, events, as: "replica" })).toMatchObject({ added: 37 });
  });

  it("that fails before its commit changes nothing", async () => {
    using folder = temporaryFolder();
    const faults = faultPointsFrom("store.import:before-commit=fail");
    await using store = await openSqliteStore({ path: folder.join("import.db"), faults });
    const events = await logOf();
    await expect(store.import({ sessionId, events, as: "replica" })).rejects.toThrow("was told to fail");
    expect(await store.head(sessionId)).toBeNull();
    expect(await store.admission({ messageId: d.inputId })).toBeNull();
    expect(await store.import({ sessionId, events, as: "replica" })).toMatchObject({ added: 37, duplicates: 0 });
  });

  it("makes a session that takes no plan, and no work, until it is released", async () => {
    await using store = await openSqliteStore({ path: ":memory:" });
    const events = await logOf();
    await store.import({ sessionId, events: events.slice(0, 6), as: "replica", replayOwner: "far" });
    expect(await store.snapshot(sessionId)).toMatchObject({
      execution: { state: "open" },
      replica: { replayOwner: "far" },
    });
    expect(await store.workloads({ runtime: "test", limit: 10 })).toEqual([]);
    await expect(store.commit(admitPlan(d.turn(9)))).rejects.toMatchObject({ code: "session.replica" });
    await store.commit({ ...admitPlan(d.turn(9)), release: true });
    expect(await store.workloads({ runtime: "test", limit: 10 })).toMatchObject([{ sessionId }]);
    await expect(store.import({ sessionId, events, as: "replica" })).rejects.toMatchObject({
      code: "import.not-replica",
    });
  });
});
