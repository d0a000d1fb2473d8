import type { Rows } from "@holdfast/core/store";

/** The rows of a session are kept under its number, which is short, and are given with its ID, which is not. */
type Keyed<TRow> = Omit<TRow, "sessionId"> & { readonly sessionKey: number };

/** The other columns of a projected table are the fields of the contract's row, by the same names: rows need no translation. */
type Projected = { readonly [T in Exclude<keyof Rows, NamedTable>]: Keyed<Rows[T]> } & {
  readonly [T in NamedTable]: Rows[T] & { readonly sessionKey: number };
};

/** Those that keep the session's ID as well: they are listed in the order of IDs. */
type NamedTable = "session" | "input" | "execution";

/** The tables of a store, for kysely. Structured values are their JSON text. */
export interface Schema extends Omit<Projected, "session"> {
  /** A session's row, its number, and the head of its log. */
  readonly session: Projected["session"] & { readonly headSeq: number; readonly headHash: string };
  /** The log, in the order of sessions' numbers and seqs. The hash before an event is that of the row before. */
  readonly event: {
    /** Made of the session's number and the seq, which can be read as columns `sessionKey` and `seq`: see event-place.ts. */
    readonly place: number;
    /** Without its prefix. */
    readonly id: string;
    readonly typeKey: number;
    readonly version: number;
    /** Epoch milliseconds. */
    readonly time: number;
    readonly fence: number | null;
    readonly ignorable: number;
    /** 32 bytes. */
    readonly hash: Uint8Array;
    /** Canonical JSON, as it was sealed. */
    readonly data: string;
  };
  readonly eventType: { readonly typeKey: number; readonly name: string };
  readonly admission: {
    readonly messageId: string;
    readonly sessionKey: number;
    readonly idempotencyKey: string | null;
    /** 32 bytes, or the text of what is no hash. */
    readonly payloadHash: Uint8Array | string;
    readonly seq: number;
    /** Hash of the event at `seq`, in the same way. */
    readonly hash: Uint8Array | string;
    readonly delivery: string;
    /** What became of the input; null while its row tells. */
    readonly disposition: string | null;
  };
  /** Where a pruned log begins. */
  readonly floor: {
    readonly sessionKey: number;
    readonly seq: number;
    readonly hash: string;
    readonly fence: number;
    readonly messagesHash: string;
    /** Canonical JSON of the rows at the floor. */
    readonly rows: string;
  };
  /** Messages at or below the floor, clustered in history order; those above it are left over from a crash. */
  readonly frozenMessage: {
    readonly sessionKey: number;
    readonly seq: number;
    readonly messageId: string;
    readonly role: string;
    readonly value: string;
    readonly hash: string;
  };
  /** What is left of deleted sessions beside their last event and their identities. */
  readonly tombstone: {
    readonly sessionKey: number;
    readonly sessionId: string;
    readonly headSeq: number;
    readonly headHash: string;
    /** Hash of the event before the last one, whose row goes. */
    readonly prevHash: string;
    /** The highest fence of its claims. */
    readonly fence: number;
    /** 1 when all that is large was removed. */
    readonly swept: number;
  };
  readonly approval: {
    readonly project: string;
    readonly action: string;
    readonly resource: string;
    /** Empty for every agent. */
    readonly agent: string;
    readonly askId: string;
    readonly sessionId: string;
    /** Epoch milliseconds. */
    readonly time: number;
  };
  readonly replica: { readonly sessionKey: number; readonly replayOwner: string | null };
  readonly claim: {
    readonly sessionKey: number;
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
  readonly blob: {
    readonly blobKey: number;
    readonly hash: string;
    readonly bytes: number;
    readonly text: string;
  };
  /** Which events keep a blob alive. */
  readonly blobReference: { readonly sessionKey: number; readonly seq: number; readonly blobKey: number };
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
