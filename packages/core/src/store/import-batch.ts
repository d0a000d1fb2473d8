import type { Blob } from "../event/blob-ref.ts";
import type { SealedEnvelope } from "../event/envelope.ts";
import type { SessionId } from "../ids/id.ts";
import type { Floor, FrozenMessage } from "./floor.ts";
import type { AdmissionRow, LogHead } from "./plan.ts";

/**
 * A stretch of a session's log from elsewhere: envelopes word for word, in order. It is as trusted as whom it comes from: that it is
 * whole and could have been written is checked, and not who wrote it. Events are bound by the hash of the log's head, but no hash
 * binds a floor's rows, fence and messages, nor admissions: compare `hashFloor` of it, and the head, with what the source says.
 */
export interface ImportBatch {
  readonly sessionId: SessionId;
  /** Where the source's log begins, if it was pruned, with the messages below. Only for a session that is not here yet. */
  readonly floor?: { readonly floor: Floor; readonly messages: readonly FrozenMessage[] };
  readonly events: readonly SealedEnvelope[];
  /** The texts that the events refer to and the store may not hold. */
  readonly blobs?: readonly Blob[];
  /** Identities whose admission is below the floor; the others are derived from the events. */
  readonly admissions?: readonly AdmissionRow[];
  /**
   * `replica`: runs nothing until it is released. `native`: a session of this store's own from the start, as a fork or an adopted
   * one is; only for a session that is not here yet.
   */
  readonly as: "replica" | "native";
  /** The node that replicates the session here. The first one named claims it. */
  readonly replayOwner?: string;
  /** Whether another owner's events are refused in place of skipped. Default false. */
  readonly strict?: boolean;
}

/** What an import came to. */
export interface ImportResult {
  /** `skipped`: the session is replicated here by another node, and nothing was taken. */
  readonly status: "imported" | "skipped";
  /** The end of the log; null where there is none yet. */
  readonly head: LogHead | null;
  /** Events that were new. */
  readonly added: number;
  /** Events that were here already, the same. */
  readonly duplicates: number;
}
