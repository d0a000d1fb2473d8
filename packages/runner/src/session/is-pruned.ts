import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/**
 * Whether a position of a session's log is at or below its floor by now, or went with the whole session: what stood there was removed, and
 * with it its texts.
 */
export const isPruned = async (store: Store, sessionId: SessionId, seq: number): Promise<boolean> =>
  ((await store.floor(sessionId))?.seq ?? -1) >= seq || (await store.session(sessionId)) === null;
