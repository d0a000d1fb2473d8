import { HoldfastError } from "../errors/holdfast-error.ts";
import { isDeletion } from "./deletion.ts";

import type { ClaimChange, ClaimRow } from "./claim.ts";
import type { AdmissionCheck, AdmissionRow, CommitPlan, LogHead } from "./plan.ts";
import type { PrunePlan } from "./floor.ts";
import type { ReplicaRow } from "./replica.ts";
import type { SessionId } from "../ids/id.ts";

/** What a claim looks like to whom it is checked: its row, and the renewal counter of its owner. */
export interface ClaimView {
  readonly claim: ClaimRow | null;
  readonly counter: number | null;
}

/**
 * Whether a plan may act on the claim as it is. The same rule in every store.
 *
 * @throws store.fenced where the plan needs the live claim and does not hold it, or takes one that is not as expected.
 */
export const assertClaim = (plan: CommitPlan, view: ClaimView, needsFence: boolean): void => {
  const { claim } = view;
  if (plan.claim?.action === "take") {
    if (isAsExpected(plan.claim.expected, view) && plan.claim.fence > (claim?.fence ?? 0)) return;
    throw fenced(plan, claim, "take the claim from the row that was read");
  }
  if (!needsFence && plan.fence === undefined) return;
  if (claim !== null && claim.owner === plan.fence?.owner && claim.fence === plan.fence.fence) return;
  throw fenced(plan, claim, "write under the session's live claim");
};

const isAsExpected = (
  expected: (ClaimChange & { readonly action: "take" })["expected"],
  { claim, counter }: ClaimView,
): boolean => {
  if (expected === null || claim === null) return expected === claim;
  if (claim.owner !== expected.owner || claim.fence !== expected.fence) return false;
  return claim.owner === null || counter === expected.counter;
};

const fenced = (plan: CommitPlan, claim: ClaimRow | null, expected: string): HoldfastError<"store.fenced"> =>
  new HoldfastError("store.fenced", {
    message:
      `Expected to ${expected} of session ${plan.sessionId}, found ${claim === null ? "no claim" : `fence ${claim.fence} of ${claim.owner ?? "nobody"}`}. ` +
      `Another process owns the execution now: stop working on it.`,
    data: { sessionId: plan.sessionId, fence: claim?.fence ?? null, owner: claim?.owner ?? null },
  });

/**
 * What an identity that was used before means for an admission: the same input again, or a conflict.
 *
 * @throws input.conflict where the earlier input was another one.
 */
export const assertSameAdmission = (plan: CommitPlan, check: AdmissionCheck, known: AdmissionRow): AdmissionRow => {
  if (known.sessionId === plan.sessionId && known.payloadHash === check.payloadHash) return known;
  const identity =
    check.idempotencyKey === undefined
      ? `message ${check.messageId}`
      : `idempotency key ${JSON.stringify(check.idempotencyKey)}`;
  throw new HoldfastError("input.conflict", {
    message:
      `Expected ${identity} to be new or an exact retry, found it used for a different input` +
      `${known.sessionId === plan.sessionId ? "" : " of another session"}. Retry with the same text, files, metadata and delivery, or use a new identity.`,
    data: { sessionId: plan.sessionId, messageId: known.messageId },
  });
};

/** @throws input.inbox-full where the inbox holds as many pending inputs as it may. */
export const assertInboxRoom = (plan: CommitPlan, check: AdmissionCheck, pending: number): void => {
  if (pending < check.inboxLimit) return;
  throw new HoldfastError("input.inbox-full", {
    message: `Session ${plan.sessionId} has ${pending} pending inputs, and its inbox holds ${check.inboxLimit}. Wait until some are promoted.`,
    data: { sessionId: plan.sessionId, pending, limit: check.inboxLimit },
  });
};

/** @throws store.sequence-conflict where the log does not end where the plan expects. */
export const assertExpectedSeq = (plan: CommitPlan, head: LogHead | null): void => {
  const found = head?.seq ?? -1;
  if (plan.expectedSeq === undefined || plan.expectedSeq === found) return;
  throw new HoldfastError("store.sequence-conflict", {
    message: `Expected session ${plan.sessionId} to end at event ${plan.expectedSeq}, found ${found}. Read it again and decide anew.`,
    data: { sessionId: plan.sessionId, expected: plan.expectedSeq, found },
  });
};

/** The refusal of a plan that refers to a blob which neither it nor the store holds. */
export const blobMissing = (
  hash: string,
  place?: { readonly sessionId: SessionId; readonly seq: number },
): HoldfastError<"store.blob-missing"> =>
  new HoldfastError("store.blob-missing", {
    message: `Expected blob ${hash} in the plan or in the store${place === undefined ? "" : ` for event ${place.seq} of session ${place.sessionId}`}, found neither. Send the text along with the event that refers to it.`,
    data: { hash, ...place },
  });

/**
 * A replica takes nothing that is decided here, but to be deleted; what is not one has nothing to release. Checked before everything
 * else but whether it was deleted.
 *
 * @throws session.replica
 */
export const assertNotReplica = (plan: CommitPlan, replica: ReplicaRow | null): void => {
  if ((plan.release === true) === (replica !== null)) return;
  if (replica !== null && plan.events.length === 1 && isDeletion(plan.events)) return;
  const { sessionId } = plan;
  throw new HoldfastError("session.replica", {
    message:
      replica === null
        ? `Expected session ${sessionId} to be a replica that is released, found one of this store's own, or none. Prompt it as it is.`
        : `Expected session ${sessionId} to be this store's own, found a replica${replica.replayOwner === null ? "" : ` of node ${JSON.stringify(replica.replayOwner)}`}. Release it before it takes anything that is decided here.`,
    data: { sessionId, replica: replica !== null, replayOwner: replica?.replayOwner ?? null },
  });
};

/** What a store finds where a plan puts its floor. */
export interface FloorGround {
  /** The floor as it is. */
  readonly floor: LogHead | null;
  /** The event at the new floor's position; null where the log holds none. */
  readonly end: { readonly type: string; readonly hash: string } | null;
  /** Whether an input, call, attempt, step or execution that began at or below it was open after it. */
  readonly open: boolean;
}

/** @throws store.condition-failed where the floor moved since the plan was made, or would be no settled end of an execution. */
export const assertFloor = ({ floor, expected }: PrunePlan, ground: FloorGround): void => {
  const { sessionId, seq, hash } = floor;
  const refuse = (wanted: string, found: string): never => {
    throw new HoldfastError("store.condition-failed", {
      message: `Expected ${wanted} in session ${sessionId}, found ${found}. Plan the pruning anew.`,
      data: { sessionId, seq, expected: wanted },
    });
  };
  const found = ground.floor?.seq ?? null;
  if (found !== expected) refuse(`the floor at ${expected ?? "nothing"}`, `it at ${found ?? "nothing"}`);
  if (found !== null && seq <= found) refuse(`a floor above ${found}`, `one at ${seq}`);
  if (ground.end?.type !== "execution.ended" || ground.end.hash !== hash) {
    refuse(`an execution.ended with hash ${hash} at event ${seq}`, ground.end?.type ?? "no event");
  }
  if (ground.open) refuse(`nothing open at event ${seq}`, "an input, a call, a step or an execution that was");
};

/** @throws session.not-found where there is no log and the first event does not create it. */
export const assertKnown = (plan: CommitPlan, head: LogHead | null): void => {
  if (head !== null || plan.events[0]?.type === "session.created") return;
  throw new HoldfastError("session.not-found", {
    message: `There is no session ${plan.sessionId} in this store. Create it first, or check the ID and the store's path.`,
    data: { sessionId: plan.sessionId },
  });
};
