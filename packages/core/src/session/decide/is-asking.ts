import type { SessionSnapshot } from "../../store/reads.ts";
import type { AskRow } from "../../store/rows.ts";

/** What tells whether a session asks. */
export type AskView = Pick<SessionSnapshot, "execution" | "attempt" | "calls" | "asks">;

/**
 * Whether all that is open in a session waits for a person: an ask is open, the stream has ended, and each unsettled call waits for an ask of
 * its own. Nothing goes on then before there is an answer, whoever owns it. One that was interrupted asks nobody any more. Whether to go on
 * with what lost its owner is no such ask: a resume or a prompt is as good an answer.
 */
export const isAsking = ({ execution, attempt, calls, asks }: AskView): boolean => {
  if (execution?.state !== "open" || execution.interruptSeq !== null) return false;
  if (attempt?.state === "open" || asks.every(({ kind }) => kind === "recovery")) return false;
  return calls.every((call) => asks.some(({ callId }) => callId === call.callId));
};

/** The open ask whether to go on with an execution that lost its owner. */
export const recoveryAskOf = ({ execution, asks }: Pick<AskView, "execution" | "asks">): AskRow | undefined =>
  execution?.state === "open" && execution.interruptSeq === null
    ? asks.find(({ kind }) => kind === "recovery")
    : undefined;
