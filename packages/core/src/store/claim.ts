import type { OwnerId, SessionId } from "../ids/id.ts";

/** Who owns a session's execution. No projection: claims are not derived from the log, and their renewals write no events. */
export interface ClaimRow {
  readonly sessionId: SessionId;
  /** Null where the last owner released it. */
  readonly owner: OwnerId | null;
  /** Number of the last claim of this session; only grows, and stays when the claim is released. */
  readonly fence: number;
  /** Recoveries in a row without progress, counted by the commit that takes over. */
  readonly recoveries: number;
  /** The log's head when the claim was taken. */
  readonly takenSeq: number;
}

/** One runtime as an owner of claims: one row per runtime, not per session. */
export interface OwnerRecord {
  readonly ownerId: OwnerId;
  /** Name of the runtime. */
  readonly runtime: string;
  readonly host: string;
  /** Identity of the host's boot, where the platform has one. */
  readonly boot: string | null;
  readonly pidNamespace: string | null;
  readonly pid: number;
  /** Start time of the process in the platform's own unit, where it can be told. */
  readonly startTime: string | null;
  /** Grows by one with each renewal. */
  readonly counter: number;
}

/** The live claim under which an owner writes. */
export interface Fence {
  readonly owner: OwnerId;
  readonly fence: number;
}

/** What a plan does to the session's claim, in its own transaction. */
export type ClaimChange =
  | {
      readonly action: "take";
      readonly owner: OwnerId;
      /** Greater than any fence of the session. */
      readonly fence: number;
      readonly recoveries: number;
      /** The very row that was judged free or dead, so that two takers never both win; null where there is none yet. */
      readonly expected: {
        readonly owner: OwnerId | null;
        readonly fence: number;
        readonly counter: number | null;
      } | null;
    }
  | { readonly action: "release" };
