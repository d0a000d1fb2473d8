import { isOwnerOnly } from "../event/catalogue.ts";
import { assertDraft, invalidData } from "../event/decode.ts";
import { envelopeText, genesisHash } from "../event/envelope.ts";
import { canonicalJson } from "../json/canonical.ts";
import { project } from "../session/project/project.ts";

import type { DurableEvent, EventDraft } from "../event/catalogue.ts";
import type { SealedEnvelope } from "../event/envelope.ts";
import type { SessionId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { Change } from "./change.ts";
import type { CommitPlan, LogHead } from "./plan.ts";

/** A plan's event in its place: what a store inserts, and the row changes that go with it. */
export interface SealedDraft {
  readonly sealed: SealedEnvelope;
  /** Canonical JSON of the data, to store beside the envelope's columns. */
  readonly dataText: string;
  readonly changes: readonly Change[];
  readonly blobs: readonly string[];
}

/** An event of a plan that was checked, with the canonical text of its data: what can be done before its place is known. */
export interface PreparedDraft {
  readonly draft: EventDraft;
  readonly dataText: string;
}

/**
 * Checks an event of a plan, and writes its data as canonical JSON.
 *
 * @throws event.invalid-data where it does not fit its type, or holds what cannot be sealed: a defect of the writer.
 */
export const prepareDraft = (draft: EventDraft, sessionId: SessionId): PreparedDraft => {
  assertDraft(draft, sessionId);
  try {
    return { draft, dataText: canonicalJson(draft.data) };
  } catch (error) {
    // A lone surrogate somewhere inside, which no schema of a text asks for.
    throw invalidData({ type: draft.type, sessionId }, error instanceof Error ? error.message : String(error));
  }
};

/**
 * Gives prepared events their places after a head, seals them and projects them. Pure but for the hash, so that every store does the
 * same inside its transaction.
 */
export const sealPrepared = (
  plan: CommitPlan,
  {
    drafts,
    head,
    hash,
  }: { readonly drafts: readonly PreparedDraft[]; readonly head: LogHead | null; readonly hash: Hash },
): readonly SealedDraft[] => {
  assertNothingAfterDeletion(plan, drafts);
  let seq = head?.seq ?? -1;
  let prevHash = head?.hash ?? genesisHash;
  const planFence = plan.claim?.action === "take" ? plan.claim.fence : (plan.fence?.fence ?? null);
  return drafts.map(({ draft, dataText }) => {
    seq += 1;
    const { id, type, version, time, data, blobs = [] } = draft;
    const fence = isOwnerOnly(type) ? planFence : null;
    const place = { id, sessionId: plan.sessionId, seq, type, version, time, fence, prevHash };
    const sealed = {
      ...place,
      data,
      hash: hash(envelopeText({ ...place, ignorable: false, dataText })),
    } as SealedEnvelope;
    prevHash = sealed.hash;
    return { sealed, dataText, changes: project(sealed as DurableEvent), blobs };
  });
};

const assertNothingAfterDeletion = ({ sessionId }: CommitPlan, drafts: readonly PreparedDraft[]): void => {
  const deletion = drafts.findIndex(({ draft }) => draft.type === "session.deleted");
  if (deletion < 0 || deletion === drafts.length - 1) return;
  throw invalidData(
    { type: "session.deleted", sessionId },
    "it is not the last event of its plan, and nothing follows on it",
  );
};

/**
 * Checks a plan's events, and gives them their places after a head.
 *
 * @throws event.invalid-data where a draft does not fit its type.
 */
export const sealPlan = (plan: CommitPlan, head: LogHead | null, hash: Hash): readonly SealedDraft[] =>
  sealPrepared(plan, { drafts: plan.events.map((draft) => prepareDraft(draft, plan.sessionId)), head, hash });

/** Whether a plan writes what only the owner may write. */
export const needsFence = (plan: CommitPlan): boolean =>
  plan.claim?.action !== "take" &&
  (plan.claim?.action === "release" || plan.events.some((draft) => isOwnerOnly(draft.type)));
