import { planPrune } from "@holdfast/core/store";
import { expect } from "vitest";

import { admitPlan, endPlan, ownerPlan, startPlan, turnEvents } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { commitAll, conversationPlans } from "./conversation.ts";
import { expectCode } from "./refused.ts";
import { readWholeSession } from "./whole-session.ts";

import type { ErrorCode, SessionId } from "@holdfast/core";
import type { CommitPlan, PrunePlan, PruneResult, Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";

/** Plans of one whole turn with a call, after a claim with the fence before. */
export const turnPlans = (drafts: Drafts, fence: number): readonly CommitPlan[] => {
  const [, ...events] = turnEvents(drafts);
  return [
    admitPlan(drafts, { idempotencyKey: `key of ${drafts.inputId}` }),
    startPlan(drafts, [drafts.promoted()], fence === 1 ? null : { owner: null, fence: fence - 1, counter: null }),
    ownerPlan(drafts, events, fence),
    endPlan(drafts, { owner: drafts.ownerId, fence }),
  ];
};

/** The whole conversation, and three turns after it. It ends at rest, with fence 8. */
export const longPlans = (drafts: Drafts): readonly CommitPlan[] => [
  ...conversationPlans(drafts),
  ...[20, 21, 22].flatMap((number, index) => turnPlans(drafts.turn(number), index + 6)),
];

/** Commits that conversation. */
export const commitLong = (store: Store, drafts: Drafts): Promise<void> => commitAll(store, longPlans(drafts));

/** The plan that prunes a session up to an event, or to its end. */
export const planUntil = async (store: Store, sessionId: SessionId, seq = Infinity): Promise<PrunePlan | null> => {
  const head = await store.head(sessionId);
  const keepEvents = Math.max(0, (head?.seq ?? 0) - seq);
  return planPrune(store, sessionId, { policy: { now: 0, keepEvents }, hash: sha256 });
};

/** Prunes a session up to an event, or to its end. */
export const pruneUntil = async (store: Store, sessionId: SessionId, seq = Infinity): Promise<PruneResult> => {
  const plan = await planUntil(store, sessionId, seq);
  if (plan === null) throw new Error(`expected something to prune in ${sessionId}, found nothing`);
  return store.prune(plan);
};

/** Passes where the store refuses the pruning with the code, and nothing was changed. */
export const expectPruneRefused = async (store: Store, plan: PrunePlan, code: ErrorCode): Promise<void> => {
  const before = await readWholeSession(store, plan.floor.sessionId);
  await expectCode(store.prune(plan), code);
  expect(await readWholeSession(store, plan.floor.sessionId)).toEqual(before);
};
