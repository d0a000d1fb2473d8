import type { ExecutionOutcome } from "../../event/execution-events.ts";
import type { SessionSnapshot } from "../../store/reads.ts";

/** Who works on a session's open execution, as its observer knows. */
export type OwnerState = "alive" | "gone" | "none";

/** How a session stands: at rest, or not, and why. */
export type Standing =
  | { readonly resting: false }
  | { readonly resting: true; readonly rest: ExecutionOutcome | "idle" | "parked" | "replica" };

/**
 * Whether a session rests. It does where no execution is open and no input is promotable, where an execution is open that nobody owns
 * and nobody will take without consent, and where it is a replica, on which nobody works here.
 */
export const standingOf = (
  { execution, inputs, replica }: Pick<SessionSnapshot, "execution" | "inputs" | "replica">,
  owner: OwnerState,
  takesOver: boolean,
): Standing => {
  if (replica !== null) return { resting: true, rest: "replica" };
  if (execution?.state === "open") {
    return owner === "alive" || takesOver ? { resting: false } : { resting: true, rest: "parked" };
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
