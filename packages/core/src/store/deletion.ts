import { HoldfastError } from "../errors/holdfast-error.ts";

import type { SessionId } from "../ids/id.ts";
import type { LogHead } from "./plan.ts";

/** Whether events delete their session: whether the last of them is `session.deleted`. */
export const isDeletion = (events: readonly { readonly type: string }[]): boolean =>
  events.at(-1)?.type === "session.deleted";

/**
 * A deleted session takes nothing any more, and its ID is never used again. Checked before everything else. `tombstone` is the end of
 * its log; null where it was not deleted.
 *
 * @throws session.deleted
 */
export const assertNotDeleted = (sessionId: SessionId, tombstone: LogHead | null): void => {
  if (tombstone !== null) throw sessionDeleted(sessionId, tombstone);
};

/** The error of a session that was deleted. */
export const sessionDeleted = (sessionId: SessionId, { seq }: LogHead): HoldfastError<"session.deleted"> =>
  new HoldfastError("session.deleted", {
    message: `Expected session ${sessionId} to be there, found that it was deleted at event ${seq}. Its ID is never used again: go on in another session. Nothing was changed.`,
    data: { sessionId, seq },
  });
