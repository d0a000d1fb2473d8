import type { Rows } from "@holdfast/core/store";

/** The columns of a projected table are the fields of the contract's row, by the same names: rows need no translation. */
type Projected = { readonly [T in Exclude<keyof Rows, "session">]: Rows[T] };

/** The tables of a store, for kysely. Structured values are their JSON text. */
export interface Schema extends Projected {
  /** A session's row, and the head of its log. */
  readonly session: Rows["session"] & { readonly headSeq: number; readonly headHash: string };
  /** The log, clustered on (sessionId, seq). */
  readonly event: {
    readonly sessionId: string;
    readonly seq: number;
    readonly id: string;
    readonly type: string;
    readonly version: number;
    /** Epoch milliseconds. */
    readonly time: number;
    readonly fence: number | null;
    readonly ignorable: number;
    readonly prevHash: string;
    readonly hash: string;
    /** Canonical JSON, as it was sealed. */
    readonly data: string;
  };
  readonly admission: {
    readonly messageId: string;
    readonly sessionId: string;
    readonly idempotencyKey: string | null;
    readonly payloadHash: string;
    readonly seq: number;
  };
  readonly claim: {
    readonly sessionId: string;
    readonly owner: string | null;
    readonly fence: number;
    readonly recoveries: number;
    readonly takenSeq: number;
  };
  readonly owner: {
    readonly ownerId: string;
    readonly runtime: string;
    readonly host: string;
    readonly boot: string | null;
    readonly pidNamespace: string | null;
    readonly pid: number;
    readonly startTime: string | null;
    readonly counter: number;
  };
  readonly blob: { readonly hash: string; readonly bytes: number; readonly text: string };
  /** Which events keep a blob alive. */
  readonly blobReference: { readonly sessionId: string; readonly seq: number; readonly hash: string };
  readonly output: {
    readonly sessionId: string;
    readonly callId: string;
    readonly attempt: number;
    readonly size: number;
    /** Epoch milliseconds after which it may be collected. */
    readonly expires: number;
  };
  readonly outputChunk: {
    readonly sessionId: string;
    readonly callId: string;
    readonly attempt: number;
    readonly position: number;
    readonly content: Uint8Array;
  };
  readonly meta: { readonly key: string; readonly value: string };
}
