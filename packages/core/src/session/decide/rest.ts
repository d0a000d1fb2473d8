import { isAsking, recoveryAskOf } from "./is-asking.ts";

import type { ExecutionOutcome } from "../../event/execution-events.ts";
import type { SessionSnapshot } from "../../store/reads.ts";
import type { AskView } from "./is-asking.ts";

/** Who works on a session's open execution, as its observer knows. */
export type OwnerState = "alive" | "gone" | "none";

/** How a session stands: at rest, or not, and why. */
export type Standing =
  | { readonly resting: false }
  | { readonly resting: true; readonly rest: ExecutionOutcome | "idle" | "asking" | "parked" | "replica" };

/**
 * Whether a session rests. It does where no execution is open and no input is promotable, where an execution is open that nobody owns
 * and nobody will take without consent, where all that is open waits for a person, and where it is a replica, on which nobody works here.
 */
export const standingOf = (
  snapshot: Pick<SessionSnapshot, "inputs" | "replica"> & AskView,
  owner: OwnerState,
  takesOver: boolean,
): Standing => {
  const { execution, inputs, replica } = snapshot;
  if (replica !== null) return { resting: true, rest: "replica" };
  if (isAsking(snapshot)) return { resting: true, rest: "asking" };
  if (execution?.state === "open") {
    if (owner === "alive" || takesOver) return { resting: false };
    return { resting: true, rest: recoveryAskOf(snapshot) === undefined ? "parked" : "asking" };
  }
  const last = execution?.outcome ?? "idle";
  // After a failure or an interruption, earlier inputs stay in the inbox until the next prompt or resume.
  const waiting = inputs.some((input) => input.awake === 1 && isFreshFor(input.seq, execution));
  return waiting ? { resting: false } : { resting: true, rest: last };
};

/** Whether an awake input starts a new execution by itself, given how the last one ended. */
export const isFreshFor = (inputSeq: number, last: SessionSnapshot["execution"]): boolean => {
  if (last === null || last.endedSeq === null || last.outcome === "completed") return true;
  const since = last.outcome === "interrupted" ? (last.interruptSeq ?? last.endedSeq) : last.endedSeq;
  return inputSeq > since;
};
