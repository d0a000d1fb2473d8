import type { SessionId } from "../ids/id.ts";
import type { Store } from "./store.ts";

/**
 * Whether two sessions are of one line, as a fork and its source are: whether their first message is the same one, at the same
 * position. A fork keeps the messages that it copied, whatever is pruned, and who made up a log does not know those of another. A
 * session that is not in this store has nothing to keep from anybody, and shares what came without it.
 */
export const sharesBeginning = async (store: Store, sessionId: SessionId, other: SessionId): Promise<boolean> => {
  if (sessionId === other) return true;
  const theirs = await store.history({ sessionId: other, after: -1, limit: 1 });
  if (theirs === null) return true;
  const [one] = (await store.history({ sessionId, after: -1, limit: 1 }))?.messages ?? [];
  const [two] = theirs.messages;
  return one !== undefined && one.messageId === two?.messageId && one.seq === two.seq;
};
