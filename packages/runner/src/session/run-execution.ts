import { HoldfastError } from "@holdfast/core";

import { beginAttempt, beginStep, stepLimitOf } from "./begin-step.ts";
import { commitClosing } from "./commit-closing.ts";
import { performStep } from "./perform-step.ts";

import type { ExecutionOutcome, Failure } from "@holdfast/core/event";
import type { OpenStep, StepStart } from "./begin-step.ts";
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
  if (retryAtMs !== undefined && (await untilRetry(kernel, lane, retryAtMs))) return beginAttempt(kernel, lane, step);
  if (lane.stopped === "interrupted") {
    const aborted: Failure = { class: "aborted", message: "The session was interrupted." };
    await endExecution(lane, { outcome: "interrupted", failedStep: { stepId: step.stepId, failure: aborted } });
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
  // A person who steers meanwhile resets the activity's steps.
  if (hadCalls && lane.stepIndex >= stepLimitOf(lane) && !(await hasSteer(kernel, lane))) {
    const message = `The activity reached its limit of ${stepLimitOf(lane)} steps.`;
    await endExecution(lane, { outcome: "budget", failure: { class: "step-limit", message } });
    return undefined;
  }
  if (!hadCalls && (await endsCompleted(lane))) return undefined;
  return startNext(kernel, lane, { opening: !hadCalls });
};

const hasSteer = async ({ services }: Kernel, { setting }: Lane): Promise<boolean> => {
  const snapshot = await services.store.snapshot(setting.sessionId);
  return snapshot?.inputs.some(({ delivery, awake }) => delivery === "steer" && awake === 1) === true;
};

/** Starts the next step, or ends the execution where somebody asked for that before it could. */
export const startNext = async (kernel: Kernel, lane: Lane, start: StepStart): Promise<OpenStep | undefined> => {
  const next = await beginStep(kernel, lane, start);
  if (next !== undefined) return next;
  if (lane.stopped === "interrupted") await endExecution(lane, { outcome: "interrupted" });
  else if (lane.stopped === undefined) throw new TypeError("an execution that could not end found nothing to promote");
  return undefined;
};

/** The ends of an execution other than the good one. */
export interface ExecutionEnd {
  readonly outcome: Exclude<ExecutionOutcome, "completed">;
  readonly failure?: Failure;
  /** The step that was open, and why it came to nothing. */
  readonly failedStep?: { readonly stepId: OpenStep["stepId"]; readonly failure: Failure };
}

const endExecution = async (lane: Lane, { outcome, failure, failedStep }: ExecutionEnd): Promise<void> => {
  const { executionId } = lane.setting;
  const drafts = [
    ...(failedStep === undefined ? [] : [lane.draft("step.failed", failedStep)]),
    lane.draft("execution.ended", { executionId, outcome, ...(failure === undefined ? {} : { failure }) }),
  ];
  await commitClosing(lane, drafts, { claim: { action: "release" } });
};

/** Ends the execution as completed, unless an input is promotable: then nothing of this commit happens, and the work goes on. */
const endsCompleted = async (lane: Lane): Promise<boolean> => {
  const ended = lane.draft("execution.ended", { executionId: lane.setting.executionId, outcome: "completed" });
  try {
    await lane.commit([ended], { claim: { action: "release" }, conditional: true });
    lane.endedCompleted = true;
    return true;
  } catch (error) {
    if (HoldfastError.isInstance(error, "store.condition-failed")) return false;
    throw error;
  }
};
