import { assertCursorInLog, fromCursor, toCursor } from "@holdfast/core";

import { sessionNotFound } from "./arguments.ts";

import type { Cursor, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/** The cursor of the event at a seq of the log. */
export const cursorAt = async (store: Store, sessionId: SessionId, seq: number): Promise<Cursor> => {
  const [event] = await store.events({ sessionId, after: seq - 1, limit: 1 });
  if (event === undefined) throw sessionNotFound(sessionId);
  return toCursor(store.storeId, event);
};

/**
 * The seq that a caller's cursor stands at; -1 without one.
 *
 * @throws cursor.malformed, cursor.foreign, cursor.ahead, cursor.gone, session.not-found
 */
export const seqOfCursor = async (store: Store, sessionId: SessionId, cursor: string | undefined): Promise<number> => {
  const head = await store.head(sessionId);
  if (head === null) throw sessionNotFound(sessionId);
  if (cursor === undefined) return -1;
  const position = fromCursor(cursor, { storeId: store.storeId, sessionId });
  const [event] = await store.events({ sessionId, after: position.seq - 1, limit: 1 });
  assertCursorInLog(position, { headSeq: head.seq, hashAtSeq: event?.seq === position.seq ? event.hash : null });
  return position.seq;
};
