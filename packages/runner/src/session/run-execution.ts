import { HoldfastError } from "@holdfast/core";

import { AttemptFailed } from "../model/attempt-failed.ts";
import { beginAttempt, beginCompacted } from "./begin-step.ts";
import { askForMore } from "./ask-for-more.ts";
import { BudgetSpent, endFor } from "./budget-spent.ts";
import { commitClosing } from "./commit-closing.ts";
import { performStep } from "./perform-step.ts";
import { recoversOverflow } from "./recovers-overflow.ts";

import type { ExecutionOutcome, Failure } from "@holdfast/core/event";
import type { MadeAttempt, OpenStep } from "./open-step.ts";
import type { StepStart } from "./step-start.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { PerformedStep } from "./perform-step.ts";

/** Steps an execution to its end, or until the lane is stopped. */
export const runExecution = async (kernel: Kernel, lane: Lane, first: OpenStep): Promise<void> => {
  let step: OpenStep | undefined = first;
  while (step !== undefined) step = await followStep(kernel, lane, await performStep(kernel, lane, step));
};

/** Ends a step, and then goes on as it came out: with the next step, or to the execution's end. */
export const followStep = async (
  kernel: Kernel,
  lane: Lane,
  performed: PerformedStep,
): Promise<OpenStep | undefined> => {
  const { step, failure, finish, hadCalls, retryAtMs } = performed;
  if (retryAtMs !== undefined && (await untilRetry(kernel, lane, retryAtMs))) return startAttempt(kernel, lane, step);
  if (failure?.class === "context-overflow" && (await recoversOverflow(kernel, lane, step)))
    return startAttempt(kernel, lane, step);
  if (lane.stopped === "interrupted") {
    await endInterrupted(lane, step.stepId);
    return undefined;
  }
  // The claim is given up, or was lost: whoever takes the execution next ends the step.
  if (lane.stopped !== undefined) return undefined;
  if (failure !== undefined) {
    await endExecution(lane, { outcome: "failed", failure, failedStep: { stepId: step.stepId, failure } });
    return undefined;
  }
  lane.stage(lane.draft("step.ended", { stepId: step.stepId, finish }));
  return continueExecution(kernel, lane, { hadCalls });
};

/** Waits until it is time to make the request again. False where the lane was stopped before, which ends the wait at once. */
const untilRetry = async ({ services }: Kernel, lane: Lane, atMs: number): Promise<boolean> => {
  if (lane.stopped !== undefined) return false;
  await lane.flush();
  const { clock } = services;
  const restMs = atMs - clock.monotonic();
  // Rejects where the lane was stopped, and for nothing else.
  if (restMs > 0) await clock.sleep(restMs, lane.signal).catch(() => undefined);
  return lane.stopped === undefined;
};

/** Goes on after a step that ended: while calls had results, inputs wait, or else to the end. */
export const continueExecution = async (
  kernel: Kernel,
  lane: Lane,
  { hadCalls }: Pick<PerformedStep, "hadCalls">,
): Promise<OpenStep | undefined> => {
  if (hadCalls) return startNext(kernel, lane, { opening: false });
  for (let seenSeq = -1; lane.compaction.failure !== undefined || !(await endsCompleted(lane));) {
    const next = await startNext(kernel, lane, { opening: true });
    if (next !== undefined || lane.ended !== undefined || lane.stopped !== undefined) return next;
    if (lane.compaction.failure !== undefined) {
      // Nothing else was there to do, and whoever waits is told.
      await endExecution(lane, { outcome: "failed", failure: lane.compaction.failure });
      return undefined;
    }
    // What was in the way of the end was withdrawn meanwhile; else it would be in the way for ever.
    const headSeq = (await kernel.services.store.head(lane.work.sessionId))?.seq ?? -1;
    if (headSeq === seenSeq) throw new TypeError("an execution that could not end found nothing to promote");
    seenSeq = headSeq;
  }
  return undefined;
};

/** Goes on after a compaction that opened the execution. */
export const continueOpening = async (kernel: Kernel, lane: Lane): Promise<OpenStep | undefined> => {
  if (lane.stopped === undefined) return continueExecution(kernel, lane, { hadCalls: false });
  if (lane.stopped === "interrupted") await endExecution(lane, { outcome: "interrupted" });
  return undefined;
};

/**
 * Starts the next step, or ends the execution where somebody asked for that before it could, or where what it is to run with cannot be
 * had, or the activity's budget is spent. Undefined with the execution still open where an opening found nothing to promote, or the lane was stopped.
 */
const startNext = async (kernel: Kernel, lane: Lane, start: StepStart): Promise<OpenStep | undefined> => {
  for (let wasDismissed = false; lane.stopped === undefined;) {
    try {
      const next = await beginCompacted(kernel, lane, start);
      if (next !== undefined) return next;
      break;
    } catch (error) {
      if (!(error instanceof AttemptFailed || error instanceof BudgetSpent)) throw error;
      const answer = error instanceof BudgetSpent ? await askForMore(kernel, lane, error) : "stop";
      if (answer === "stopped") break;
      if (answer === "stop" || wasDismissed) {
        await endExecution(lane, endFor(error));
        return undefined;
      }
      // The input that dismissed it is promoted now, and brings an allowance of its own.
      wasDismissed = answer === "dismissed";
    }
  }
  if (lane.stopped === "interrupted") await endExecution(lane, { outcome: "interrupted" });
  return undefined;
};

/** Starts another attempt of a step, or ends both where the activity's budget has no room for it. */
export const startAttempt = async (kernel: Kernel, lane: Lane, last: MadeAttempt): Promise<OpenStep | undefined> => {
  const { stepId } = last;
  for (;;) {
    try {
      const next = await beginAttempt(kernel, lane, last);
      if (next === undefined && lane.stopped === "interrupted") await endInterrupted(lane, stepId);
      return next;
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      const { failure } = error;
      const answer = await askForMore(kernel, lane, error);
      if (answer === "continue") continue;
      if (answer === "dismissed") {
        lane.stage(lane.draft("step.failed", { stepId, failure }));
        return continueExecution(kernel, lane, { hadCalls: false });
      }
      if (answer === "stop") await endExecution(lane, { outcome: "budget", failure, failedStep: { stepId, failure } });
      else if (lane.stopped === "interrupted") await endInterrupted(lane, stepId);
      return undefined;
    }
  }
};

/** The ends of an execution other than the good one. */
export interface ExecutionEnd {
  readonly outcome: Exclude<ExecutionOutcome, "completed">;
  readonly failure?: Failure;
  /** The step that was open, and why it came to nothing. */
  readonly failedStep?: { readonly stepId: OpenStep["stepId"]; readonly failure: Failure };
}

const endInterrupted = (lane: Lane, stepId: OpenStep["stepId"]): Promise<void> => {
  const failure: Failure = { class: "aborted", message: "The session was interrupted." };
  return endExecution(lane, { outcome: "interrupted", failedStep: { stepId, failure } });
};

const endExecution = async (lane: Lane, { outcome, failure, failedStep }: ExecutionEnd): Promise<void> => {
  const { executionId } = lane.work;
  const drafts = [
    ...(failedStep === undefined ? [] : [lane.draft("step.failed", failedStep)]),
    lane.draft("execution.ended", { executionId, outcome, ...(failure === undefined ? {} : { failure }) }),
  ];
  await commitClosing(lane, drafts, { claim: { action: "release" } });
  lane.ended = outcome;
};

/** Ends the execution as completed, unless an input is promotable: then nothing of this commit happens, and the work goes on. */
const endsCompleted = async (lane: Lane): Promise<boolean> => {
  const ended = lane.draft("execution.ended", { executionId: lane.work.executionId, outcome: "completed" });
  try {
    await lane.commit([ended], { claim: { action: "release" }, conditional: true });
    lane.ended = "completed";
    return true;
  } catch (error) {
    if (HoldfastError.isInstance(error, "store.condition-failed")) return false;
    throw error;
  }
};
