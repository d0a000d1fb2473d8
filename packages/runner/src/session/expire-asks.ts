import { HoldfastError } from "@holdfast/core";

import type { AskRow, SessionSnapshot } from "@holdfast/core/store";
import type { Kernel } from "./kernel.ts";

/** Ends an ask whose time has passed. Nothing where it was answered, or ended, meanwhile. */
export const expireAsk = async ({ committer }: Kernel, { sessionId, askId }: AskRow): Promise<void> => {
  try {
    await committer.commit({ sessionId, events: [committer.draft("ask.expired", { askId, reason: "time" })] });
  } catch (error) {
    if (!HoldfastError.isInstance(error, "store.condition-failed")) throw error;
  }
};

/** Whether the time of an ask has passed. */
export const isDue = ({ services }: Kernel, { expires }: AskRow): boolean =>
  expires !== null && expires <= services.clock.now();

/** The asks of a session that are open although their time has passed. None of a replica, whose asks are its source's. */
export const dueAsks = (kernel: Kernel, { asks, replica }: SessionSnapshot): readonly AskRow[] =>
  replica === null ? asks.filter((ask) => isDue(kernel, ask)) : [];

/**
 * Ends the asks whose time has passed: whoever looks at a session does, since the process that opened them may be gone. True where there
 * were any, so that what was read is not so any more.
 */
export const expireDueAsks = async (kernel: Kernel, snapshot: SessionSnapshot): Promise<boolean> => {
  const due = dueAsks(kernel, snapshot);
  for (const ask of due) await expireAsk(kernel, ask);
  return due.length > 0;
};
