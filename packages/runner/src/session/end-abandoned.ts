import { noUsage } from "@holdfast/core/event";

import { stopped } from "./call-outcomes.ts";

import type { EventDraft, Failure } from "@holdfast/core/event";
import type { Fence, SessionSnapshot } from "@holdfast/core/store";
import type { ExecutionEnd } from "./run-execution.ts";
import type { Kernel } from "./kernel.ts";

/** An execution that nobody works on, and the claim under which it is ended. */
export interface Abandoned {
  readonly snapshot: SessionSnapshot;
  readonly fence: Fence;
}

/** How an execution that nobody works on is ended. */
export type AbandonedEnd = Pick<ExecutionEnd, "outcome" | "failure">;

/**
 * Settles all that is open in an execution, ends it, and releases its claim: one commit, in which nothing runs. What had begun is
 * unknown, what had not is cancelled.
 */
export const endAbandoned = async (
  kernel: Kernel,
  { snapshot, fence }: Abandoned,
  end: AbandonedEnd,
): Promise<void> => {
  const { execution, step, session } = snapshot;
  if (execution?.state !== "open") return;
  const { committer } = kernel;
  const failure: Failure = end.failure ?? { class: "aborted", message: "The session was interrupted." };
  const drafts: EventDraft[] = [
    ...cutAttempt(kernel, snapshot),
    ...snapshot.calls.map(({ callId, state }) =>
      committer.draft("tool.settled", {
        callId,
        outcome: state === "begun" ? stopped("unknown-outcome") : stopped("cancelled", "It was not run."),
      }),
    ),
    ...(step?.state === "open" ? [committer.draft("step.failed", { stepId: step.stepId, failure })] : []),
    committer.draft("execution.ended", { executionId: execution.executionId, ...end }),
  ];
  await committer.commit({ sessionId: session.sessionId, events: drafts, fence, claim: { action: "release" } });
};

/** The end of an attempt that died with its process. What it used is not known here. */
export const cutAttempt = ({ committer }: Kernel, { attempt }: SessionSnapshot): readonly EventDraft[] => {
  if (attempt?.state !== "open") return [];
  const failure: Failure = {
    class: "aborted",
    message: "The process that read the answer ended before it was complete.",
  };
  const { stepId, attempt: number } = attempt;
  return [
    committer.draft("attempt.ended", { stepId, attempt: number, status: "cut", failure, usage: noUsage, cost: 0 }),
  ];
};
