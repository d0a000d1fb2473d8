import { maxMessagesPerPage } from "./store.ts";

import type { SessionId } from "../ids/id.ts";
import type { MessageRow } from "./rows.ts";
import type { Store } from "./store.ts";

/**
 * Whether two sessions are of one line, as a fork and its source are: whether their first message is the same one, at the same
 * position. A fork keeps the messages that it copied, whatever is pruned, and who made up a log does not know those of another. A
 * session that is not in this store has nothing to keep from anybody, and shares what came without it. One that was deleted has no
 * message to compare: it is told by an input that was admitted there.
 */
export const sharesBeginning = async (store: Store, sessionId: SessionId, other: SessionId): Promise<boolean> => {
  if (sessionId === other) return true;
  const theirs = await store.history({ sessionId: other, after: -1, limit: 1 });
  if (theirs === null) return (await store.head(other)) === null || hasInputOf(store, sessionId, other);
  const [one] = (await store.history({ sessionId, after: -1, limit: 1 }))?.messages ?? [];
  const [two] = theirs.messages;
  return one !== undefined && one.messageId === two?.messageId && one.seq === two.seq;
};

const hasInputOf = async (store: Store, sessionId: SessionId, deleted: SessionId): Promise<boolean> => {
  for (let after: number | undefined = -1; after !== undefined;) {
    const page = await store.history({ sessionId, after, limit: maxMessagesPerPage });
    const messages: readonly MessageRow[] = page?.messages ?? [];
    for (const { role, messageId } of messages) {
      const admission = role === "user" ? await store.admission({ messageId }) : null;
      if (admission?.sessionId === deleted) return true;
    }
    after = messages.at(-1)?.seq;
  }
  return false;
};
