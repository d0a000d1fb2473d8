import { HoldfastError } from "@holdfast/core";

import { sessionNotFound } from "./arguments.ts";

import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/** The error of a session that has no row: it was deleted, which its log still says, or it never was. */
export const noSession = async (
  store: Store,
  sessionId: SessionId,
): Promise<HoldfastError<"session.deleted" | "session.not-found">> =>
  (await store.head(sessionId)) === null
    ? sessionNotFound(sessionId)
    : new HoldfastError("session.deleted", {
        message: `Session ${sessionId} was deleted, and its ID is never used again. Create another session; nothing was done.`,
        data: { sessionId },
      });
