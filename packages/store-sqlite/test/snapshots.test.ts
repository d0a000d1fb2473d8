import { admitPlan, createDrafts, createPlan, startPlan } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

import type { SqliteStore } from "../src/index.ts";

const [one, two] = [createDrafts("one"), createDrafts("two")];
const owner = {
  ownerId: one.ownerId,
  runtime: "default",
  host: "host",
  boot: "boot",
  pidNamespace: "",
  pid: 1,
  startTime: "1",
};

const seqs = (stores: readonly SqliteStore[]) =>
  Promise.all(stores.map(async (store) => (await store.snapshot(one.sessionId))?.head.seq));

describe("a snapshot that is read again", () => {
  it("shows what was committed meanwhile, here or through another connection", async () => {
    using folder = temporaryFolder();
    const path = folder.join("s.db");
    await using here = await openSqliteStore({ path });
    await using there = await openSqliteStore({ path });
    await here.commit(createPlan(one));
    expect(await seqs([here, there, here, there])).toEqual([0, 0, 0, 0]);
    await here.commit(admitPlan(one));
    expect(await seqs([here, there, here, there])).toEqual([1, 1, 1, 1]);
    await there.commit(startPlan(one));
    expect(await seqs([here, there, here, there])).toEqual([2, 2, 2, 2]);
  });

  it("shows a renewal of its owner, which writes no event", async () => {
    using folder = temporaryFolder();
    const path = folder.join("s.db");
    await using here = await openSqliteStore({ path });
    await using there = await openSqliteStore({ path });
    await here.commit(createPlan(one));
    await here.commit(startPlan(one));
    const counters: (number | undefined)[] = [];
    for (const store of [here, there, here]) {
      await store.renew(owner);
      for (const reader of [here, there]) counters.push((await reader.snapshot(one.sessionId))?.owner?.counter);
    }
    expect(counters).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it("is never another session's, and is null for one that is not there", async () => {
    using folder = temporaryFolder();
    await using store = await openSqliteStore({ path: folder.join("s.db") });
    for (const drafts of [one, two]) await store.commit(createPlan(drafts));
    const snapshots = await Promise.all([one, two, one].map(({ sessionId }) => store.snapshot(sessionId)));
    expect(snapshots.map((snapshot) => snapshot?.session.sessionId)).toEqual([
      one.sessionId,
      two.sessionId,
      one.sessionId,
    ]);
    expect(await store.snapshot(createDrafts("none").sessionId)).toBeNull();
  });

  it("cannot be changed for the next one who reads it", async () => {
    using folder = temporaryFolder();
    await using store = await openSqliteStore({ path: folder.join("s.db") });
    await store.commit(createPlan(one));
    await store.commit(admitPlan(one));
    const { session, inputs } = (await store.snapshot(one.sessionId)) ?? {};
    for (const change of [
      () => Object.assign(session ?? {}, { title: "another" }),
      () => Object.assign(inputs ?? [], { length: 0 }),
      () => Object.assign(inputs?.[0] ?? {}, { state: "promoted" }),
    ])
      expect(change).toThrow(TypeError);
  });

  it("is refused once the store is closed", async () => {
    using folder = temporaryFolder();
    const store = await openSqliteStore({ path: folder.join("s.db") });
    await store.commit(createPlan(one));
    await store.snapshot(one.sessionId);
    await store[Symbol.asyncDispose]();
    await expect(store.snapshot(one.sessionId)).rejects.toMatchObject({ code: "store.closed" });
  });
});
