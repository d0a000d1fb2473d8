import type { EventId, MessageId, SessionId } from "../ids/id.ts";
import type { AdmissionRow, LogHead } from "./plan.ts";
import type { ReplicaRow } from "./replica.ts";

/** What a store knows of a session that is imported: read in the transaction that imports it. */
export interface ImportGround {
  /** Null where there is no such session yet. */
  readonly head: LogHead | null;
  /** The end of its log, if it was deleted: nothing is imported into it. */
  readonly tombstone: LogHead | null;
  /** Where its log begins, if it was pruned. */
  readonly floor: LogHead | null;
  /** The highest fence in its log: that of its claim row, which no import leaves lower; 0 for none. */
  readonly fence: number;
  /**
   * `forkedFrom.seq` of its first event, up to which its log copies another's; -1 for no fork, and where the first event is no longer
   * held: a fork is not pruned to below it.
   */
  readonly forkedSeq: number;
  /** Null for a session that is not here, and for one of the store's own. */
  readonly replica: ReplicaRow | null;
  /** The hash of the event that the log holds there; null where it holds none. */
  readonly hashAt: (seq: number) => string | null;
  /** Those of the IDs that events of the store have, with the session of each. Called once at most. */
  readonly usedIds: (ids: readonly EventId[]) => ReadonlyMap<EventId, SessionId>;
  readonly hasBlob: (hash: string) => boolean;
  /** What was admitted under an identity. */
  readonly admissionOf: (
    identity: { readonly messageId: MessageId } | { readonly sessionId: SessionId; readonly idempotencyKey: string },
  ) => AdmissionRow | null;
}
