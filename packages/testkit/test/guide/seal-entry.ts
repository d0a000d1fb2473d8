import { createHash } from "node:crypto";

import { HoldfastError } from "@holdfast/core";
import {
  assertClaim,
  assertExpectedSeq,
  assertInboxRoom,
  assertKnown,
  assertNotReplica,
  blobMissing,
  needsFence,
  sealPlan,
} from "@holdfast/core/store";

import type { AdmissionRow, ClaimRow, CommitPlan, SealedDraft } from "@holdfast/core/store";
import type { Entry, JournalSession, JournalState } from "./journal-state.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

// #region seal
/** What a plan comes to, without doing it: it refuses, or says the one line that does all of it. */
export const sealEntry = (plan: CommitPlan, state: JournalState): Entry & { readonly kind: "commit" } => {
  const session = state.session(plan.sessionId);
  assertNotReplica(plan, null);
  assertKnown(plan, session.head);
  assertExpectedSeq(plan, session.head);
  const owner = session.claim?.owner ?? null;
  const counter = owner === null ? null : (state.owners.get(owner)?.counter ?? null);
  assertClaim(plan, { claim: session.claim, counter }, needsFence(plan));
  const drafts = sealPlan(plan, session.head, sha256);
  const admission = admissionOf(plan, drafts, session);
  assertBlobs(plan, drafts, state);
  const changes = [...drafts.flatMap((draft) => draft.changes), ...(plan.changes ?? [])];
  const tried = session.rows.clone();
  for (const change of changes) tried.apply(change);
  const claim = claimAfter(plan, session, drafts.at(-1)?.sealed.seq ?? session.head?.seq ?? -1);
  const events = drafts.map(({ sealed, dataText }) => ({
    ...sealed,
    data: JSON.parse(dataText) as typeof sealed.data,
  }));
  const { sessionId, blobs = [], approvals = [] } = plan;
  return { kind: "commit", sessionId, events, changes, claim, admission, blobs, approvals };
};
// #endregion seal

const admissionOf = (
  plan: CommitPlan,
  drafts: readonly SealedDraft[],
  session: JournalSession,
): AdmissionRow | null => {
  const check = plan.admission;
  if (check === undefined) return null;
  assertInboxRoom(plan, check, session.rows.snapshot().input.filter(({ state }) => state === "pending").length);
  const event = drafts.find(
    ({ sealed }) => sealed.type === "input.admitted" && sealed.data["messageId"] === check.messageId,
  );
  if (event === undefined) {
    throw new HoldfastError("event.invalid-data", {
      message: `Expected the event that admits message ${check.messageId} in its plan, found none. Put both into one plan.`,
      data: { type: "input.admitted", sessionId: plan.sessionId },
    });
  }
  const { messageId, idempotencyKey = null, payloadHash } = check;
  const { seq, hash, data, sessionId } = event.sealed;
  const delivery = data["delivery"] === "queue" ? "queue" : "steer";
  return { messageId, sessionId, idempotencyKey, payloadHash, seq, hash, delivery, disposition: null };
};

const assertBlobs = (plan: CommitPlan, drafts: readonly SealedDraft[], state: JournalState): void => {
  const lies = plan.blobs?.find(({ hash, bytes, text }) => sha256(text) !== hash || Buffer.byteLength(text) !== bytes);
  if (lies !== undefined) throw blobMissing(lies.hash);
  const given = new Set(plan.blobs?.map(({ hash }) => hash));
  const missing = drafts.flatMap(({ blobs }) => blobs).find((hash) => !given.has(hash) && !state.blobs.has(hash));
  if (missing !== undefined) throw blobMissing(missing);
};

const claimAfter = (plan: CommitPlan, { claim }: JournalSession, takenSeq: number): ClaimRow | null => {
  if (plan.claim?.action === "take") {
    const { owner, fence, recoveries } = plan.claim;
    return { sessionId: plan.sessionId, owner, fence, recoveries, takenSeq };
  }
  return plan.claim?.action === "release" && claim !== null ? { ...claim, owner: null } : claim;
};
