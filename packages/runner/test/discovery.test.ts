import { createDrafts, createMemoryStore, admitPlan, createPlan, endPlan, startPlan, text } from "@holdfast/testkit";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { describe, expect, it } from "vitest";

import { makeFolder, openRuntime } from "./stage.ts";

import type { CommitPlan, Store } from "@holdfast/core/store";

const stores = [
  ["memory", async () => createMemoryStore()],
  ["SQLite", () => openSqliteStore({ path: ":memory:" })],
] as const;

/** Plans of a session that failed and kept an input which was queued before that. */
const failedPlans = (seed: string): readonly CommitPlan[] => {
  const drafts = createDrafts(seed);
  const failure = { class: "transport", message: "The connection was reset." } as const;
  return [
    createPlan(drafts),
    startPlan(drafts),
    admitPlan(drafts),
    { ...endPlan(drafts), events: [drafts.ended({ outcome: "failed", failure })] },
  ];
};

/** Plans of a session whose owner lives, as far as anybody can tell. */
const ownedPlans = (seed: string): readonly CommitPlan[] => {
  const drafts = createDrafts(seed);
  return [createPlan(drafts), startPlan(drafts)];
};

const fill = async (store: Store, plansOf: (seed: string) => readonly CommitPlan[], count: number): Promise<void> => {
  for (let index = 0; index < count; index++) {
    const seed = `a${String(index).padStart(3, "0")}`;
    for (const plan of plansOf(seed)) await store.commit(plan);
    await store.renew({
      ownerId: createDrafts(seed).ownerId,
      runtime: "test",
      host: "elsewhere",
      boot: "boot",
      pidNamespace: null,
      pid: 1,
      startTime: null,
    });
  }
};

describe.each(stores)("discovery over a store in %s", (_name, openStore) => {
  it.each([
    ["that failed and keep their inputs", failedPlans],
    ["that others work on", ownedPlans],
  ])("finds an input that nobody took behind 500 sessions %s", async (_sessions, plansOf) => {
    const store = await openStore();
    await using folder = await makeFolder();
    await fill(store, plansOf, 500);
    const drafts = createDrafts("zzz");
    await store.commit(createPlan(drafts, { location: { directory: folder.path } }));
    await store.commit(admitPlan(drafts));
    const claims = { discoverMs: 50, expireMs: 60_000 };
    await using holdfast = await openRuntime(store, {
      recovery: "resume",
      name: "test",
      claims,
      model: [[text("Hello.")]],
    });
    const waited = await holdfast.sessions.wait({ sessionId: drafts.sessionId, timeoutMs: 10_000 });
    expect(waited).toMatchObject({ status: "completed" });
    expect(await store.head(createDrafts("a000").sessionId)).toMatchObject({ seq: plansOf("x").length - 1 });
  });
});
