import { HoldfastError } from "../errors/holdfast-error.ts";

import type { SessionId, StoreId } from "../ids/id.ts";

declare const cursorBrand: unique symbol;

/**
 * A position in one session's log, opaque: it may be kept, sent and compared for equality, and nothing else. Reading
 * `after` a cursor is exclusive. It is bound to its store and session, and carries 8 bytes of its event's hash, so that
 * after a restored backup it is refused and skips nothing.
 */
export type Cursor = string & { readonly [cursorBrand]: true };

/** What a cursor says. */
export interface CursorPosition {
  readonly storeId: StoreId;
  readonly sessionId: SessionId;
  /** The last event that was seen. */
  readonly seq: number;
  /** First 16 hex digits of that event's hash. */
  readonly hashPrefix: string;
}

const version = "c1";
const hashPrefixLength = 16;
const shape = /^c1\.(sto_[a-zA-Z0-9]{1,64})\.(ses_[a-zA-Z0-9]{1,64})\.(\d{1,15})\.([0-9a-f]{16})$/;

/** The cursor of an event: the position right after it. */
export const toCursor = (
  storeId: StoreId,
  event: { readonly sessionId: SessionId; readonly seq: number; readonly hash: string },
): Cursor => `${version}.${storeId}.${event.sessionId}.${event.seq}.${event.hash.slice(0, hashPrefixLength)}` as Cursor;

/**
 * Reads a cursor that came from outside, for one session of one store.
 *
 * @throws cursor.malformed where the text is no cursor.
 * @throws cursor.foreign where it belongs to another session or store.
 */
export const fromCursor = (
  text: string,
  expected: { readonly storeId: StoreId; readonly sessionId: SessionId },
): CursorPosition => {
  const match = shape.exec(text);
  if (match === null) {
    throw new HoldfastError("cursor.malformed", {
      message: `Expected a cursor as receipts and events carry it, found ${JSON.stringify(text.slice(0, 80))}. Pass one on unchanged, or none to read from the start.`,
    });
  }
  const [, storeId = "", sessionId = "", seq = "", hashPrefix = ""] = match;
  if (storeId !== expected.storeId || sessionId !== expected.sessionId) {
    throw new HoldfastError("cursor.foreign", {
      message:
        `Expected a cursor of session ${expected.sessionId} in this store, found one of session ${sessionId}` +
        `${storeId === expected.storeId ? "" : " in another store"}. A cursor is good only for the session that it came from.`,
      data: { expected: expected.sessionId, found: sessionId, sameStore: storeId === expected.storeId },
    });
  }
  return { storeId: expected.storeId, sessionId: expected.sessionId, seq: Number(seq), hashPrefix };
};

/** What is known of a log, to judge a position in it. */
export interface LogView {
  readonly headSeq: number;
  /** The hash of the event at the position; null where the log holds none there. */
  readonly hashAtSeq: string | null;
  /** Where the log begins, if it was pruned. */
  readonly floor?: { readonly seq: number; readonly hash: string } | null;
}

/**
 * Checks a cursor's position against the log: the hash of the event at its seq, the head, and the floor, whose own cursor is good.
 *
 * @throws cursor.ahead where the log ends before it.
 * @throws cursor.gone where the log holds another event there, because it was restored from a backup, or none any more, because it
 *   was pruned. `data.restart` is the cursor of a pruned log's floor; with the messages up to `data.floorSeq`, which are settled and
 *   read as they always did, a reader that restarts from it ends with what it would have had.
 */
export const assertCursorInLog = (position: CursorPosition, { headSeq, hashAtSeq, floor = null }: LogView): void => {
  const { sessionId, seq, storeId, hashPrefix } = position;
  const data = { sessionId, seq, headSeq };
  if (seq > headSeq) {
    throw new HoldfastError("cursor.ahead", {
      message: `The cursor stands at event ${seq} of session ${sessionId}, and the log ends at ${headSeq}. The store may have been restored from a backup: read again from the start.`,
      data,
    });
  }
  const found = seq === floor?.seq ? floor.hash : hashAtSeq;
  if (found !== null && found.startsWith(hashPrefix)) return;
  if (floor === null) {
    throw new HoldfastError("cursor.gone", {
      message: `Event ${seq} of session ${sessionId} is not the one that the cursor was made for: the log was restored from a backup. Read again from the start.`,
      data,
    });
  }
  const cause =
    seq < floor.seq ? "is not in the log any more: it was pruned" : "is not the one that the cursor was made for";
  throw new HoldfastError("cursor.gone", {
    message: `Event ${seq} of session ${sessionId} ${cause}. The log begins after event ${floor.seq}: read the messages up to it, and events after the cursor in data.restart.`,
    data: { ...data, floorSeq: floor.seq, restart: toCursor(storeId, { sessionId, ...floor }) },
  });
};
