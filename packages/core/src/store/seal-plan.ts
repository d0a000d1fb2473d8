import { isOwnerOnly } from "../event/catalogue.ts";
import { assertDraft } from "../event/decode.ts";
import { genesisHash, sealEnvelope } from "../event/envelope.ts";
import { project } from "../session/project/project.ts";

import type { DurableEvent } from "../event/catalogue.ts";
import type { Envelope, SealedEnvelope } from "../event/envelope.ts";
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

/**
 * Gives a plan's events their places after a head, seals them and projects them. Pure but for the hash, so that every store
 * does the same inside its transaction.
 *
 * @throws event.invalid-data where a draft does not fit its type.
 */
export const sealPlan = (plan: CommitPlan, head: LogHead | null, hash: Hash): readonly SealedDraft[] => {
  let seq = head?.seq ?? -1;
  let prevHash = head?.hash ?? genesisHash;
  const fence = plan.claim?.action === "take" ? plan.claim.fence : (plan.fence?.fence ?? null);
  return plan.events.map((draft) => {
    assertDraft(draft, plan.sessionId);
    seq += 1;
    const { id, type, version, time, data } = draft;
    const ownFence = isOwnerOnly(type) ? fence : null;
    const envelope = {
      id,
      sessionId: plan.sessionId,
      seq,
      type,
      version,
      time,
      fence: ownFence,
      prevHash,
      data,
    } as Envelope;
    const { sealed, dataText } = sealEnvelope(envelope, hash);
    prevHash = sealed.hash;
    return { sealed, dataText, changes: project(sealed as DurableEvent), blobs: draft.blobs ?? [] };
  });
};

/** Whether a plan writes what only the owner may write. */
export const needsFence = (plan: CommitPlan): boolean =>
  plan.claim?.action !== "take" &&
  (plan.claim?.action === "release" || plan.events.some((draft) => isOwnerOnly(draft.type)));
