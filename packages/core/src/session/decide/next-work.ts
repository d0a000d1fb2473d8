import { isAsking } from "./is-asking.ts";
import { isFreshFor } from "./rest.ts";

import type { CallId } from "../../ids/id.ts";
import type { SessionSnapshot } from "../../store/reads.ts";
import type { ExecutionRow, InputRow } from "../../store/rows.ts";
import type { AskView } from "./is-asking.ts";
import type { OwnerState } from "./rest.ts";

/**
 * Why somebody looks at a session: a prompt or a request to compact was admitted, an ask was answered or its time passed, a person resumes or interrupts it, or a
 * policy discovered it.
 */
export interface Wake {
  readonly kind: "prompt" | "compact" | "answer" | "resume" | "interrupt" | "policy";
  /** The end of the log when it was asked for: what ended before is behind it. */
  readonly atSeq: number;
  /** The calls that have their answer by then; null where the execution itself has. */
  readonly answered?: readonly (CallId | null)[];
}

/**
 * What is to be done. `watch`: another owner works, and what was asked for is not taken yet. `end`: settle what is open and end it,
 * because somebody asked for that. `recover`: take an execution over. `start`: begin a new one.
 */
export type Work = "none" | "watch" | "end" | "recover" | "start";

/** A session that was looked at for a wake, and what is known of whoever works on it. */
interface Look {
  readonly owner: OwnerState;
  readonly wake: Wake;
  /** Whether this runtime ever takes over what it was not asked about. */
  readonly takesOver: boolean;
}

type Progress = Pick<SessionSnapshot, "progressSeq"> & AskView;
type View = Pick<SessionSnapshot, "inputs" | "replica"> & Progress;

/** What a wake leads to, as the session stands. Nothing on a replica, whose work is its source's, and nothing while all that is open asks. */
export const nextWork = (snapshot: View, look: Look): Work => {
  const { execution, inputs, replica } = snapshot;
  if (replica !== null) return "none";
  return execution?.state === "open" ? workOnOpen(execution, snapshot, look) : workAtRest(execution, inputs, look.wake);
};

const workOnOpen = (execution: ExecutionRow, snapshot: View, { owner, wake, takesOver }: Look): Work => {
  const { inputs } = snapshot;
  const isInterrupted = execution.interruptSeq !== null;
  if (owner !== "alive") {
    if (isInterrupted) return "end";
    // A new prompt, a resume and a policy wait for the answer like anybody else.
    if (isAsking(snapshot)) return "none";
    // Nor is a request to compact consent to go on with what was stopped: it waits in the inbox until somebody does.
    return wake.kind === "interrupt" || wake.kind === "compact" ? "none" : "recover";
  }
  // Whatever else was asked for: wakes that come together are one, and each must be heard.
  const isUntaken = wake.kind !== "interrupt" && inputs.some(({ awake, seq }) => awake === 1 && seq <= wake.atSeq);
  // What was only recorded waits for this resume, and the owner knows nothing of it.
  const isRecorded = wake.kind === "resume" && inputs.some((input) => input.awake === 0 && input.seq <= wake.atSeq);
  if (takesOver && (isUntaken || isInterrupted || isRecorded)) return "watch";
  // An answer is consent, whatever this runtime does with what it was not asked about.
  return isUnanswered(snapshot, wake) ? "watch" : "none";
};

/** Whether what has its answer has got no further: whoever owns it may have died before it heard of it. */
export const isUnanswered = (view: Progress, { answered = [], atSeq }: Wake): boolean =>
  view.calls.some(
    ({ callId, state, begunSeq }) =>
      answered.includes(callId) &&
      (state === "called" || (begunSeq ?? 0) <= atSeq) &&
      !view.asks.some((ask) => ask.callId === callId),
  ) ||
  (answered.includes(null) && !hasGoneOn(view, atSeq));

/** Whether its owner has done anything in an execution since. */
const hasGoneOn = ({ attempt, calls, asks, progressSeq }: Progress, sinceSeq: number): boolean =>
  Math.max(progressSeq, attempt?.seq ?? -1, attempt?.endedSeq ?? -1) > sinceSeq ||
  calls.some(({ begunSeq }) => (begunSeq ?? -1) > sinceSeq) ||
  asks.some(({ seq }) => seq > sinceSeq);

const workAtRest = (last: ExecutionRow | null, inputs: readonly InputRow[], wake: Wake): Work => {
  if (wake.kind === "interrupt") return "none";
  // A wake that is younger than the last end is consent to everything in the inbox; an older one only to what came after that end. So one
  // that has come to nothing does not come again and again.
  const isExplicit = wake.atSeq >= (last?.endedSeq ?? -1);
  const isConsented = ({ awake, seq }: InputRow): boolean => {
    if (awake === 1) return isExplicit || isFreshFor(seq, last);
    return wake.kind === "resume" && seq <= wake.atSeq;
  };
  return inputs.some(isConsented) ? "start" : "none";
};

const rank: Record<Wake["kind"], number> = { interrupt: 0, compact: 1, prompt: 2, answer: 3, policy: 4, resume: 5 };

/** Two wakes as one: the further-reaching, as of the later. */
export const mergeWakes = (left: Wake | undefined, right: Wake): Wake => {
  if (left === undefined) return right;
  const further = rank[left.kind] >= rank[right.kind] ? left : right;
  const answered = [...(left.answered ?? []), ...(right.answered ?? [])];
  return {
    kind: further.kind,
    atSeq: Math.max(left.atSeq, right.atSeq),
    ...(answered.length === 0 ? {} : { answered: [...new Set(answered)] }),
  };
};
