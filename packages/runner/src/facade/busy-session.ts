import { HoldfastError } from "@holdfast/core";

import type { SessionId } from "@holdfast/core";

/** The error of what is done only to a session at rest. */
export const busySession = (sessionId: SessionId, found: string): HoldfastError<"session.busy"> =>
  new HoldfastError("session.busy", {
    message: `Expected session ${sessionId} to be at rest, found ${found}. Interrupt it, with clear where its inbox is to go too, and wait for its end; nothing was done.`,
    data: { sessionId },
  });
