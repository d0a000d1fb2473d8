import { HoldfastError } from "@holdfast/core";
import { createMemoryStore, text, wait } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { withDetours } from "./faulty-store.ts";
import { collect, openRuntime, setStage, shared } from "./stage.ts";

import type { CommitPlan, Store } from "@holdfast/core/store";

const fenced = (): HoldfastError =>
  new HoldfastError("store.fenced", { message: "Expected to own the claim, found another owner." });

/** A store that refuses every claim, as if another process were first each time. */
const refusingClaims = (store: Store) => {
  const counts = { snapshots: 0, refused: 0 };
  const detoured = withDetours(store, {
    snapshot: async (sessionId) => {
      counts.snapshots += 1;
      return store.snapshot(sessionId);
    },
    commit: async (plan: CommitPlan) => {
      if (plan.claim === undefined) return store.commit(plan);
      counts.refused += 1;
      throw fenced();
    },
  });
  return { store: detoured, counts };
};

it("work that is refused again and again is given up after a few pauses, and says why", async () => {
  const { store, counts } = refusingClaims(createMemoryStore());
  const reasons: unknown[] = [];
  const note = (message: string, data?: object) => reasons.push({ message, ...data });
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: note };
  await using stage = await setStage({ store, logger, model: () => [text("Done.")] });
  await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
  await expect.poll(() => reasons, { timeout: 10_000 }).toHaveLength(1);
  expect(reasons).toMatchObject([{ sessionId: stage.sessionId, reason: expect.stringContaining("8 times") }]);
  expect(counts.refused).toBe(8);
  expect(counts.snapshots).toBeLessThan(40);
  expect(await stage.holdfast.sessions.wait({ sessionId: stage.sessionId })).toMatchObject({ status: "parked" });
});

it("a release that is refused again and again fails as it was refused", async () => {
  const source = createMemoryStore();
  const never = new Promise<never>(() => {});
  await using stage = await setStage({ store: source, model: [[wait(never)]] });
  await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
  await expect.poll(async () => (await source.snapshot(stage.sessionId))?.execution?.state).toBe("open");
  const lines = await collect(stage.holdfast.sessions.export({ sessionId: stage.sessionId }));
  const { store, counts } = refusingClaims(createMemoryStore());
  await using target = await openRuntime(shared(store));
  await target.sessions.import({ lines });
  const release = target.sessions.release({ sessionId: stage.sessionId });
  await expect(release).rejects.toMatchObject({ code: "store.fenced" });
  expect(counts.refused).toBe(8);
});
