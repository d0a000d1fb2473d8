import type { Blob } from "../event/blob-ref.ts";
import type { EventDraft } from "../event/catalogue.ts";
import type { SealedEnvelope } from "../event/envelope.ts";
import type { Delivery } from "../event/input-events.ts";
import type { MessageId, SessionId } from "../ids/id.ts";
import type { Approval } from "./approval.ts";
import type { Change } from "./change.ts";
import type { ClaimChange, ClaimRow, Fence } from "./claim.ts";
import type { InputRow } from "./rows.ts";

/** The identity of an input, checked and kept in the transaction that admits it. */
export interface AdmissionCheck {
  readonly messageId: MessageId;
  /** The caller's own key, unique in the session. */
  readonly idempotencyKey?: string;
  readonly payloadHash: string;
  /** How many pending inputs the inbox may hold, this one included. */
  readonly inboxLimit: number;
}

/** What stays of an admission for ever: it outlives projections and pruning. */
export interface AdmissionRow {
  readonly messageId: MessageId;
  readonly sessionId: SessionId;
  readonly idempotencyKey: string | null;
  readonly payloadHash: string;
  /** Where it was admitted, and the hash of that event, so that its receipt's cursor can be told after the event is pruned. */
  readonly seq: number;
  readonly hash: string;
  readonly delivery: Delivery;
  /** What became of the input: kept here when its row is pruned, null before. */
  readonly disposition: InputRow["state"] | null;
}

/** Plain data that a store applies in one transaction: everything or nothing. */
export interface CommitPlan {
  readonly sessionId: SessionId;
  readonly events: readonly EventDraft[];
  /** The claim under which owner-only events are written. Absent where the plan takes one, or holds none such. */
  readonly fence?: Fence;
  readonly claim?: ClaimChange;
  readonly admission?: AdmissionCheck;
  /** Where the log must end before the plan: -1 for a session that must not exist yet. */
  readonly expectedSeq?: number;
  /** Conditions beside the ones that the events' projections carry. */
  readonly changes?: readonly Change[];
  /** The blobs that the events refer to and the store may not hold yet. */
  readonly blobs?: readonly Blob[];
  /** Approvals to save with an answer; one of the same key is kept as it is. */
  readonly approvals?: readonly Approval[];
  /** Makes a replica this store's own. Any other plan for a replica is refused. */
  readonly release?: true;
}

/** The end of a session's log. */
export interface LogHead {
  readonly seq: number;
  readonly hash: string;
}

/** What a store answers to a plan that it applied, or to an admission that it had already applied. */
export type CommitResult = {
  readonly head: LogHead;
  /** The claim as the transaction left it. */
  readonly claim: ClaimRow | null;
} & (
  | { readonly status: "committed"; readonly events: readonly SealedEnvelope[] }
  | { readonly status: "replayed"; readonly admission: AdmissionRow }
);
