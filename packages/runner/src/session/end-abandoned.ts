import { HoldfastError } from "@holdfast/core";
import { decodeEvent, noUsage } from "@holdfast/core/event";

import { stopped } from "./call-outcomes.ts";
import { cutCompaction } from "./cut-compaction.ts";

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

/** What the log says of whatever was open. */
export interface AbandonedWords {
  /** Of an answer that was not complete. */
  readonly attempt: string;
  /** Of a call that had begun, beside that its outcome is unknown. */
  readonly begun: string;
  /** Of a call that had not. */
  readonly called: string;
}

const words: AbandonedWords = {
  attempt: "The process that read the answer ended before it was complete.",
  begun: "",
  called: "It was not run.",
};

/**
 * Settles all that is open in an execution, ends it, and releases its claim: one commit, in which nothing runs. What had begun is
 * unknown, what had not is cancelled.
 */
export const endAbandoned = async (
  kernel: Kernel,
  { snapshot, fence }: Abandoned,
  end: AbandonedEnd,
): Promise<void> => {
  let current: SessionSnapshot | null = snapshot;
  for (let attempt = 1; current?.execution?.state === "open"; attempt++) {
    try {
      await kernel.committer.commit({
        sessionId: snapshot.session.sessionId,
        events: await endingOf(kernel, current, { ...end, words }),
        fence,
        claim: { action: "release" },
      });
      return;
    } catch (error) {
      // An ask was answered, or ended, since the session was read.
      if (attempt >= tries || !HoldfastError.isInstance(error, "store.condition-failed")) throw error;
      current = await kernel.services.store.snapshot(snapshot.session.sessionId);
    }
  }
};

const tries = 8;

/** The events that settle all that is open, and end the execution; none where none is open. */
export const endingOf = async (
  kernel: Kernel,
  snapshot: SessionSnapshot,
  { words: said, ...end }: AbandonedEnd & { readonly words: AbandonedWords },
): Promise<readonly EventDraft[]> => {
  const { execution, step, calls, asks } = snapshot;
  if (execution?.state !== "open") return [];
  const { committer } = kernel;
  const failure: Failure = end.failure ?? { class: "aborted", message: "The session was interrupted." };
  return [
    ...(await cutAttempt(kernel, snapshot, said.attempt)),
    ...(await cutCompaction(kernel, snapshot)),
    ...asks.map(({ askId }) => committer.draft("ask.expired", { askId, reason: "interrupted" })),
    ...calls.map(({ callId, state }) =>
      committer.draft("tool.settled", {
        callId,
        outcome: state === "begun" ? stopped("unknown-outcome", said.begun) : stopped("cancelled", said.called),
      }),
    ),
    ...(step?.state === "open" ? [committer.draft("step.failed", { stepId: step.stepId, failure })] : []),
    committer.draft("execution.ended", { executionId: execution.executionId, ...end }),
  ];
};

/** The end of an attempt that died with its process. Nobody can say what it used, so it is charged what its beginning estimated. */
export const cutAttempt = async (
  { committer, services }: Kernel,
  { session, attempt }: SessionSnapshot,
  message: string = words.attempt,
): Promise<readonly EventDraft[]> => {
  if (attempt?.state !== "open") return [];
  const { stepId, attempt: number, seq } = attempt;
  const [sealed] = await services.store.events({ sessionId: session.sessionId, after: seq - 1, limit: 1 });
  const started = sealed?.seq === seq ? decodeEvent(sealed) : null;
  const estimate = started?.type === "attempt.started" ? started.data.estimate : undefined;
  const ended = {
    stepId,
    attempt: number,
    status: "cut" as const,
    failure: { class: "aborted" as const, message },
    usage: { ...noUsage, input: estimate?.input ?? 0 },
    cost: estimate?.cost ?? 0,
    ...(estimate === undefined ? {} : { estimated: true as const }),
  };
  return [committer.draft("attempt.ended", ended)];
};
