import type { SessionId } from "../ids/id.ts";

/**
 * A session that came from another store, and takes nothing that is decided here until it is released. No projection: its log is the
 * source's, word for word.
 */
export interface ReplicaRow {
  readonly sessionId: SessionId;
  /** The node whose events it takes; null where the first import named none. Not the owner of an execution. */
  readonly replayOwner: string | null;
}
