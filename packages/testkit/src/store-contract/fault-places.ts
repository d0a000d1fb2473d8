import { toTextValue } from "@holdfast/core/event";
import { expect } from "vitest";

import { admitPlan, ownerPlan, startPlan, turnEvents } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { longText } from "./conversation.ts";
import { readLog } from "./whole-session.ts";

import type { CommitPlan, Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";
import type { StoreFaults } from "./store-subject.ts";

type CrashAt = NonNullable<StoreFaults["crashAt"]>;

/** Plans with a part of everything; those of one row are committed at once. */
export const batchesOf = (d: Drafts): readonly (readonly CommitPlan[])[] => {
  const { value, blobs } = toTextValue(longText, sha256);
  const admitted = admitPlan(d, { text: value, idempotencyKey: "rich" });
  const events = admitted.events.map((event) => ({ ...event, blobs: blobs.map(({ hash }) => hash) }));
  return [
    [{ ...admitted, events, blobs }],
    [startPlan(d, turnEvents(d).slice(0, 4))],
    [admitPlan(d.turn(2), { idempotencyKey: "two" }), ownerPlan(d, [d.called()]), admitPlan(d.turn(3))],
  ];
};

/** Commits row after row, until one is refused, and says which plans were answered. */
export const commitBatches = async (
  store: Store,
  batches: ReturnType<typeof batchesOf>,
): Promise<ReadonlySet<CommitPlan>> => {
  const answered = new Set<CommitPlan>();
  for (const batch of batches) {
    const results = await Promise.allSettled(batch.map((plan) => store.commit(plan)));
    for (const [index, plan] of batch.entries()) if (results[index]?.status === "fulfilled") answered.add(plan);
    if (results.some(({ status }) => status === "rejected")) break;
  }
  return answered;
};

/** Passes where a plan is there as a whole, or nothing of it is; says which. */
export const isThere = async (store: Store, plan: CommitPlan): Promise<boolean> => {
  const { sessionId, events, admission, blobs = [], claim } = plan;
  const ids = new Set((await readLog(store, sessionId)).map(({ id }) => id));
  const found = events.filter(({ id }) => ids.has(id)).length;
  expect([0, events.length]).toContain(found);
  const whole = found > 0;
  if (admission !== undefined) {
    const { messageId, idempotencyKey } = admission;
    expect((await store.admission({ messageId })) !== null).toBe(whole);
    if (idempotencyKey !== undefined) {
      expect((await store.admission({ sessionId, idempotencyKey })) !== null).toBe(whole);
    }
  }
  if (claim?.action === "take") expect((await store.snapshot(sessionId))?.claim !== null).toBe(whole);
  if (whole) for (const { hash, text } of blobs) expect(await store.blob(hash)).toBe(text);
  return whole;
};

/** Does it again for every place at which the process may end, until it comes through. */
export const atEveryPlace = async (
  crashAt: CrashAt,
  work: (store: Store, arm: () => void) => Promise<(left: Store) => Promise<void>>,
): Promise<void> => {
  for (let place = 1; ; place++) {
    const dying = await crashAt(place);
    const check = await work(dying.store, dying.arm);
    const opened = await dying.open();
    if (opened === null) return expect(place).toBeGreaterThan(1);
    await using left = opened;
    await check(left);
  }
};
