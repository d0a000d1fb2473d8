import { admitPlan, createDrafts, createPlan, ownerPlan, startPlan } from "@holdfast/testkit";

import type { CommitPlan, Store } from "@holdfast/core/store";

/** The design's measure: an event of about 300 bytes. */
const content = "x".repeat(180);

/** A session whose answer is open, so that any number of blocks can be committed to it. */
export const openAnswer = async (store: Store, seed = "bench"): Promise<(index: number) => CommitPlan> => {
  const drafts = createDrafts(seed);
  await store.commit(createPlan(drafts));
  await store.commit(admitPlan(drafts));
  await store.commit(startPlan(drafts, [drafts.promoted(), drafts.stepStarted(), drafts.attemptStarted()]));
  return (index) => ownerPlan(drafts, [drafts.text({ position: index, text: content })]);
};
