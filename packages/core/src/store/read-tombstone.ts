import type { SealedEnvelope } from "../event/envelope.ts";
import type { SessionId } from "../ids/id.ts";
import type { Store } from "./store.ts";

/** The last event of a session that was deleted, which is all that is left of its log; null for any other. */
export const readTombstone = async (store: Store, sessionId: SessionId): Promise<SealedEnvelope | null> => {
  const [first] = await store.events({ sessionId, after: -1, limit: 1 });
  return first?.type === "session.deleted" ? first : null;
};
