import {
  assertClaim,
  assertExpectedSeq,
  assertInboxRoom,
  assertKnown,
  assertNotDeleted,
  assertNotReplica,
  assertSameAdmission,
  blobMissing,
  isDeletion,
  needsFence,
  type RowSet,
  sealPlan,
} from "@holdfast/core/store";

import { utf8Bytes } from "@holdfast/core/event";

import { sha256 } from "../sha256.ts";
import { asStored, emptySession, entomb, headOf, referencesOf, tombstoneOf } from "./memory-session.ts";
import { admissionWithoutEvent } from "./refusals.ts";

import type { SealedEnvelope } from "@holdfast/core/event";
import type { AdmissionRow, ClaimRow, CommitPlan, SealedDraft } from "@holdfast/core/store";
import type { MemorySession } from "./memory-session.ts";

/** What a plan is applied to. */
export interface PlanGround {
  readonly session: MemorySession | null;
  /** What was admitted before under the plan's identity. */
  readonly known: AdmissionRow | null;
  /** The renewal counter of the claim's owner. */
  readonly counter: number | null;
  readonly hasBlob: (hash: string) => boolean;
}

/** What came of a plan: an admission of before, or the session as it is from now on. */
export type Applied =
  | { readonly status: "replayed"; readonly admission: AdmissionRow; readonly session: MemorySession | null }
  | {
      readonly status: "committed";
      readonly session: MemorySession;
      readonly events: readonly SealedEnvelope[];
      readonly admission: AdmissionRow | null;
    };

/**
 * What a plan means, without doing it: the rows are cloned and the plan is tried on the clone, so that a refusal half-way
 * leaves nothing behind.
 */
export const applyPlan = (plan: CommitPlan, { session, known, counter, hasBlob }: PlanGround): Applied => {
  const before = session ?? emptySession(plan.sessionId);
  assertNotDeleted(plan.sessionId, tombstoneOf(session));
  assertNotReplica(plan, before.replica);
  const head = headOf(session);
  assertKnown(plan, head);
  if (plan.admission !== undefined && known !== null) {
    return { status: "replayed", admission: assertSameAdmission(plan, plan.admission, known), session };
  }
  assertExpectedSeq(plan, head);
  assertClaim(plan, { claim: before.claim, counter }, needsFence(plan));
  const drafts = sealPlan(plan, head, sha256);
  const rows = before.rows.clone();
  const admission = admit(plan, drafts, rows);
  assertBlobs(plan, drafts, hasBlob);
  const changes = [...drafts.flatMap((draft) => draft.changes), ...structuredClone(plan.changes ?? [])];
  for (const change of changes) rows.apply(change);
  const events = drafts.map(asStored);
  const log = [...before.log, ...events];
  const references = [...before.references, ...referencesOf(drafts)];
  const next = { ...before, log, rows, references, replica: null };
  const claim = changeClaim(plan, before.claim, headOf(next)?.seq ?? -1);
  const committed = { ...next, claim };
  const left = isDeletion(events) ? entomb(committed, plan.sessionId) : committed;
  return { status: "committed", session: left, events, admission };
};

const admit = (plan: CommitPlan, drafts: readonly SealedDraft[], rows: RowSet): AdmissionRow | null => {
  const check = plan.admission;
  if (check === undefined) return null;
  assertInboxRoom(plan, check, rows.snapshot().input.filter(({ state }) => state === "pending").length);
  const event = drafts.find(
    ({ sealed }) => sealed.type === "input.admitted" && sealed.data["messageId"] === check.messageId,
  );
  if (event === undefined) throw admissionWithoutEvent(plan.sessionId, check.messageId);
  const { messageId, idempotencyKey = null, payloadHash } = check;
  const { seq, hash, data } = event.sealed;
  const delivery = data["delivery"] === "queue" ? "queue" : "steer";
  return { messageId, sessionId: plan.sessionId, idempotencyKey, payloadHash, seq, hash, delivery, disposition: null };
};

const assertBlobs = (plan: CommitPlan, drafts: readonly SealedDraft[], hasBlob: (hash: string) => boolean): void => {
  const lies = plan.blobs?.find(({ hash, bytes, text }) => sha256(text) !== hash || utf8Bytes(text) !== bytes);
  if (lies !== undefined) throw blobMissing(lies.hash);
  const given = new Set(plan.blobs?.map(({ hash }) => hash));
  const missing = drafts.flatMap(({ blobs }) => blobs).find((hash) => !given.has(hash) && !hasBlob(hash));
  if (missing !== undefined) throw blobMissing(missing);
};

const changeClaim = (plan: CommitPlan, claim: ClaimRow | null, headSeq: number): ClaimRow | null => {
  if (plan.claim?.action === "take") {
    const { owner, fence, recoveries } = plan.claim;
    return { sessionId: plan.sessionId, owner, fence, recoveries, takenSeq: headSeq };
  }
  return plan.claim?.action === "release" && claim !== null ? { ...claim, owner: null } : claim;
};
