import type { Cursor } from "../cursor/cursor.ts";
import type { SessionId } from "../ids/id.ts";

/** Where a fork comes from: the settled boundary of its source up to which its log is a copy. */
export interface ForkOrigin {
  readonly sessionId: SessionId;
  readonly seq: number;
  /** Hash of the source's event there. */
  readonly hash: string;
}

/** What a session is forked from. */
export interface ForkSession {
  /** The source. It may be running, and may be a replica. */
  readonly sessionId: string;
  /** The fork's own, `ses_…`; an ID that is a fork of this source already, at this boundary if one is given, returns it, as long as the fork was not pruned. Default: a new one. */
  readonly id?: string | undefined;
  /** Cursor of a settled boundary: the end of an execution with nothing open. Default: the last one, or the session's creation. */
  readonly at?: string | undefined;
}

/** A session's lines to take in. */
export interface ImportSession {
  /** What `export` gave, in order, each line without its line break. */
  readonly lines: AsyncIterable<string> | Iterable<string>;
  /** The node that replicates the session here, 1 to 255 characters. The first one named claims it. */
  readonly replayOwner?: string | undefined;
  /** Whether the events of another node than that one are refused (`import.owner`) in place of skipped. Default false. */
  readonly strict?: boolean | undefined;
}

/** What an import came to. */
export interface ImportOutcome {
  readonly sessionId: SessionId;
  /** `skipped`: the session is replicated here by another node, and nothing was taken. */
  readonly status: "imported" | "skipped";
  /** Events that were new here. */
  readonly added: number;
  /** Events that were here already, the same. */
  readonly duplicates: number;
  /** The end of the session's log as it is here. */
  readonly cursor: Cursor;
}

/** What a release came to. */
export interface ReleaseOutcome {
  /** `nothing-to-do`: it is this store's own already. */
  readonly status: "released" | "nothing-to-do";
  /** The end of the session's log. */
  readonly cursor: Cursor;
}
