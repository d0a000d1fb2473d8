import { decodeEvent } from "@holdfast/core/event";

import type { ForkOrigin, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/** Where a session was forked from, as its first event says; undefined for one that is no fork, or whose first event was pruned. */
export const forkOrigin = async (store: Store, sessionId: SessionId): Promise<ForkOrigin | undefined> => {
  const [first] = await store.events({ sessionId, after: -1, limit: 1 });
  const event = first?.seq === 0 ? decodeEvent(first) : null;
  return event?.type === "session.created" ? event.data.forkedFrom : undefined;
};
