import { assertCursorInLog, fromCursor } from "@holdfast/core";

import { sessionNotFound } from "./arguments.ts";

import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/**
 * The seq that a caller's cursor stands at.
 *
 * @throws cursor.malformed, cursor.foreign, cursor.ahead, cursor.gone, session.not-found
 */
export const seqOfCursor = async (store: Store, sessionId: SessionId, cursor: string): Promise<number> =>
  (await placeOfCursor(store, sessionId, cursor)).seq;

/**
 * The same, and whether the log ended there. A prompt's receipt mostly stands there: the head tells its hash, and there is nothing to read.
 *
 * @throws cursor.malformed, cursor.foreign, cursor.ahead, cursor.gone, session.not-found
 */
export const placeOfCursor = async (
  store: Store,
  sessionId: SessionId,
  cursor: string,
): Promise<{ readonly seq: number; readonly isEnd: boolean }> => {
  const head = await store.head(sessionId);
  if (head === null) throw sessionNotFound(sessionId);
  const position = fromCursor(cursor, { storeId: store.storeId, sessionId });
  const isEnd = position.seq === head.seq;
  const [event] = isEnd ? [] : await store.events({ sessionId, after: position.seq - 1, limit: 1 });
  // Nothing else is left of it: whatever was read before, the end comes next.
  if (event?.type === "session.deleted" && position.seq < event.seq) return { seq: position.seq, isEnd };
  const found = isEnd ? head : event;
  const hashAtSeq = found?.seq === position.seq ? found.hash : null;
  const isThere = hashAtSeq?.startsWith(position.hashPrefix) === true;
  const floor = isThere ? null : await store.floor(sessionId);
  assertCursorInLog(position, { headSeq: head.seq, hashAtSeq, floor });
  return { seq: position.seq, isEnd };
};
