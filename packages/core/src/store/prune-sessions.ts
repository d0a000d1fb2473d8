import { HoldfastError } from "../errors/holdfast-error.ts";
import { planPrune } from "./plan-prune.ts";
import { assertPolicy } from "./prune-policy.ts";

import type { SessionId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { PrunePlan, PruneResult } from "./floor.ts";
import type { PrunePolicy } from "./prune-policy.ts";
import type { SessionRow } from "./rows.ts";
import type { Store } from "./store.ts";

/** What pruning every session came to. */
export interface PruneReport extends PruneResult {
  /** Sessions whose floor moved. */
  readonly pruned: number;
  /** Sessions with an open execution, and replicas: passed over. */
  readonly passedOver: number;
  /** Damaged sessions, with what was found: left as they are. */
  readonly damaged: readonly { readonly sessionId: SessionId; readonly error: HoldfastError }[];
}

interface SessionReport extends PruneResult {
  readonly plans: number;
  readonly damage?: HoldfastError;
}

/**
 * Prunes every session of a store by one policy, in plans that stay small. Sessions that are busy, and replicas, whose log is their
 * source's, are passed over; a damaged one is reported, and the rest goes on.
 *
 * @throws argument.invalid for a policy that does not say what it keeps, before anything is read.
 * @throws whatever the store itself fails with, such as `store.full`; what was pruned until then stays pruned.
 */
export const pruneSessions = async (store: Store, policy: PrunePolicy, hash: Hash): Promise<PruneReport> => {
  assertPolicy(policy);
  const total = { pruned: 0, passedOver: 0, removedEvents: 0, removedBlobs: 0 };
  const damaged: { sessionId: SessionId; error: HoldfastError }[] = [];
  for await (const { sessionId } of everySession(store)) {
    const snapshot = await store.snapshot(sessionId);
    if (snapshot === null || snapshot.replica !== null || snapshot.execution?.state === "open") {
      total.passedOver += 1;
      continue;
    }
    const result = await pruneSession(store, sessionId, { policy, hash });
    if (result.damage !== undefined) damaged.push({ sessionId, error: result.damage });
    total.pruned += result.plans > 0 ? 1 : 0;
    total.removedEvents += result.removedEvents;
    total.removedBlobs += result.removedBlobs;
  }
  return { ...total, damaged };
};

const pruneSession = async (
  store: Store,
  sessionId: SessionId,
  by: { readonly policy: PrunePolicy; readonly hash: Hash },
): Promise<SessionReport> => {
  const total = { plans: 0, removedEvents: 0, removedBlobs: 0 };
  for (;;) {
    const plan = await planned(store, sessionId, by);
    if (plan === null) return total;
    if (HoldfastError.isInstance(plan)) return { ...total, damage: plan };
    const removed = await removedBy(store, plan);
    if (removed === null) return total;
    total.plans += 1;
    total.removedEvents += removed.removedEvents;
    total.removedBlobs += removed.removedBlobs;
  }
};

/** What may be removed; an error that says how the session is damaged, where it is. */
const planned = async (...args: Parameters<typeof planPrune>): Promise<PrunePlan | HoldfastError | null> => {
  try {
    return await planPrune(...args);
  } catch (error) {
    if (HoldfastError.isInstance(error) && damages.has(error.code)) return error;
    throw error;
  }
};

/** Null where another process pruned it meanwhile, or deleted it: the known race, and the log is as short as that one wanted. */
const removedBy = async (store: Store, plan: PrunePlan): Promise<PruneResult | null> => {
  try {
    return await store.prune(plan);
  } catch (error) {
    if (HoldfastError.isInstance(error, "store.condition-failed")) return null;
    if (HoldfastError.isInstance(error, "session.deleted")) return null;
    throw error;
  }
};

/** What planning a session's pruning fails with where its own events, rows or texts are not what they were. */
const damages: ReadonlySet<string> = new Set([
  "event.chain-broken",
  "event.unknown-type",
  "event.invalid-data",
  "store.condition-failed",
  "store.corrupt",
]);

/** Every session of a store, newest first, page by page. */
export async function* everySession(store: Store): AsyncGenerator<SessionRow> {
  let before: { readonly createdTime: number; readonly sessionId: SessionId } | undefined;
  for (;;) {
    const page = await store.sessions({ limit: pageSize, ...(before === undefined ? {} : { before }) });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    before = { createdTime: last.createdTime, sessionId: last.sessionId };
  }
}

const pageSize = 200;
