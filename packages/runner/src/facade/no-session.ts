import { sessionDeleted } from "@holdfast/core/store";

import { sessionNotFound } from "./arguments.ts";

import type { HoldfastError, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/** The error of a session that has no row: it was deleted, which its log still says, or it never was. */
export const noSession = async (
  store: Store,
  sessionId: SessionId,
): Promise<HoldfastError<"session.deleted" | "session.not-found">> => {
  const head = await store.head(sessionId);
  return head === null ? sessionNotFound(sessionId) : sessionDeleted(sessionId, head);
};
