import { assertCursorInLog, fromCursor } from "@holdfast/core";

import { sessionNotFound } from "./arguments.ts";

import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/**
 * The seq that a caller's cursor stands at.
 *
 * @throws cursor.malformed, cursor.foreign, cursor.ahead, cursor.gone, session.not-found
 */
export const seqOfCursor = async (store: Store, sessionId: SessionId, cursor: string): Promise<number> => {
  const head = await store.head(sessionId);
  if (head === null) throw sessionNotFound(sessionId);
  const position = fromCursor(cursor, { storeId: store.storeId, sessionId });
  const [event] = await store.events({ sessionId, after: position.seq - 1, limit: 1 });
  const hashAtSeq = event?.seq === position.seq ? event.hash : null;
  // Nothing else is left of it: whatever was read before, the end comes next.
  if (event?.type === "session.deleted" && position.seq < event.seq) return position.seq;
  const isThere = hashAtSeq?.startsWith(position.hashPrefix) === true;
  const floor = isThere ? null : await store.floor(sessionId);
  assertCursorInLog(position, { headSeq: head.seq, hashAtSeq, floor });
  return position.seq;
};
