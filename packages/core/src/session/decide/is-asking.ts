import type { SessionSnapshot } from "../../store/reads.ts";

/** What tells whether a session asks. */
export type AskView = Pick<SessionSnapshot, "execution" | "attempt" | "calls" | "asks">;

/**
 * Whether all that is open in a session waits for a person: an ask is open, the stream has ended, and each unsettled call waits for an ask of
 * its own. Nothing goes on then before there is an answer, whoever owns it. One that was interrupted asks nobody any more.
 */
export const isAsking = ({ execution, attempt, calls, asks }: AskView): boolean => {
  if (execution?.state !== "open" || execution.interruptSeq !== null) return false;
  if (asks.length === 0 || attempt?.state === "open") return false;
  return calls.every((call) => asks.some(({ callId }) => callId === call.callId));
};
