import { parseJson } from "@holdfast/core";
import {
  assertClaim,
  assertExpectedSeq,
  assertInboxRoom,
  assertKnown,
  assertSameAdmission,
  blobMissing,
  needsFence,
  RowSet,
  sealPlan,
} from "@holdfast/core/store";

import { sha256 } from "../sha256.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { admissionWithoutEvent } from "./refusals.ts";

import type { SealedEnvelope } from "@holdfast/core/event";
import type { AdmissionRow, ClaimRow, CommitPlan, LogHead, SealedDraft } from "@holdfast/core/store";

/** All that the store keeps of one session. Replaced as a whole by each commit. */
export interface MemorySession {
  readonly log: readonly SealedEnvelope[];
  readonly rows: RowSet;
  readonly claim: ClaimRow | null;
}

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

/** The end of a log that has events. */
export const headOf = (session: MemorySession | null): LogHead | null => {
  const last = session?.log.at(-1);
  return last === undefined ? null : { seq: last.seq, hash: last.hash };
};

/**
 * What a plan means, without doing it: the rows are cloned and the plan is tried on the clone, so that a refusal half-way
 * leaves nothing behind.
 */
export const applyPlan = (plan: CommitPlan, { session, known, counter, hasBlob }: PlanGround): Applied => {
  if (plan.admission !== undefined && known !== null && session !== null) {
    return { status: "replayed", admission: assertSameAdmission(plan, plan.admission, known), session };
  }
  const head = headOf(session);
  assertKnown(plan, head);
  assertExpectedSeq(plan, head);
  assertClaim(plan, { claim: session?.claim ?? null, counter }, needsFence(plan));
  const drafts = sealPlan(plan, head, sha256);
  const rows = session?.rows.clone() ?? new RowSet(plan.sessionId);
  const admission = admit(plan, drafts, rows);
  assertBlobs(plan, drafts, hasBlob);
  const changes = [...drafts.flatMap((draft) => draft.changes), ...structuredClone(plan.changes ?? [])];
  for (const change of changes) rows.apply(change);
  const events = drafts.map(asStored);
  const log = [...(session?.log ?? []), ...events];
  const claim = changeClaim(plan, session?.claim ?? null, log.length - 1);
  return { status: "committed", session: { log, rows, claim }, events, admission };
};

// Read back from its text, so that a draft with an `undefined` member, or one that its caller changes later, is stored as sealed.
const asStored = ({ sealed, dataText }: SealedDraft): SealedEnvelope => {
  const data = parseJson(dataText);
  return deepFreeze({ ...sealed, data: data.ok ? data.value : null } as SealedEnvelope);
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
  return { messageId, sessionId: plan.sessionId, idempotencyKey, payloadHash, seq: event.sealed.seq };
};

const assertBlobs = (plan: CommitPlan, drafts: readonly SealedDraft[], hasBlob: (hash: string) => boolean): void => {
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
