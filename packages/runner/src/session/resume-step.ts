import { CallRunner } from "./call-runner.ts";
import { cutCompaction } from "./cut-compaction.ts";
import { cutAttempt } from "./end-abandoned.ts";
import { failureOfFinish } from "./perform-step.ts";
import { continueExecution, followStep, startAttempt } from "./run-execution.ts";

import type { AssistantMessage, StepId } from "@holdfast/core";
import type { Consent } from "@holdfast/core/session";
import type { AttemptRow, SessionSnapshot, StepRow } from "@holdfast/core/store";
import type { OpenStep } from "./open-step.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { JudgedCall } from "./judge-calls.ts";

/** Where an execution was left, and what its taker may do. */
export interface Left {
  readonly snapshot: SessionSnapshot;
  readonly calls: readonly JudgedCall[];
  readonly consent: Consent;
}

/** Goes on from where the log ends (laws, "Last durable event"): open calls first, then as the attempt and the step stand. */
export const resumeStep = async (kernel: Kernel, lane: Lane, left: Left): Promise<OpenStep | undefined> => {
  const { step, attempt } = left.snapshot;
  lane.stepIndex = step?.position ?? 0;
  // Again at the next boundary, where it is still due.
  for (const draft of await cutCompaction(kernel, left.snapshot)) lane.stage(draft);
  await lane.flush();
  await lane.history.catchUp();
  if (step === null || attempt === null || step.state !== "open") {
    const hadCalls = step?.state === "ended" && messagesOf(lane, step.stepId).some(hasCalls);
    return continueExecution(kernel, lane, { hadCalls });
  }
  return resumeOpenStep(kernel, lane, { ...left, step, attempt });
};

const resumeOpenStep = async (
  kernel: Kernel,
  lane: Lane,
  left: Left & { readonly step: StepRow; readonly attempt: AttemptRow },
): Promise<OpenStep | undefined> => {
  const { step, attempt, snapshot, consent } = left;
  for (const draft of await cutAttempt(kernel, snapshot)) lane.stage(draft);
  await takeUpCalls(kernel, lane, left);
  await lane.flush();
  await lane.history.catchUp();
  const messages = messagesOf(lane, step.stepId);
  const last = messages.findLast(({ messageId }) => messageId === attempt.messageId);
  const finish = last?.finish ?? "other";
  // The calls of an attempt that was cut have been shown to the model again since.
  const hadCalls = last !== undefined && hasCalls(last);
  const performed = { step: attempt, finish, failure: failureOfFinish(finish), retryAtMs: undefined, hadCalls };
  if (lane.stopped !== undefined || attempt.state === "finished") return followStep(kernel, lane, performed);
  if (attempt.state === "error") {
    const failure = last?.failure ?? { class: "incomplete-stream" as const, message: "The attempt failed." };
    return followStep(kernel, lane, { ...performed, failure });
  }
  if (consent === "conversation") {
    // A new prompt goes on with the conversation, not with the answer that was cut: the next step promotes it.
    const failure = { class: "aborted" as const, message: "The answer was cut, and the conversation went on." };
    lane.stage(lane.draft("step.failed", { stepId: step.stepId, failure }));
    return continueExecution(kernel, lane, { hadCalls: false });
  }
  if (attempt.state !== "retried") return startAttempt(kernel, lane, attempt);
  const retryAtMs = kernel.services.clock.monotonic() + restOfDelay(kernel, lane);
  return followStep(kernel, lane, { ...performed, failure: last?.failure, retryAtMs });
};

/** What is left of the delay before a retry that another process had scheduled. A wall clock that was set back makes it no longer. */
const restOfDelay = ({ services }: Kernel, lane: Lane): number => {
  const { dueTime, delayMs } = lane.history.history.retry ?? { dueTime: 0, delayMs: 0 };
  return Math.min(Math.max(0, dueTime - services.clock.now()), delayMs);
};

const takeUpCalls = async (
  kernel: Kernel,
  lane: Lane,
  { calls, step }: Left & { readonly step: StepRow },
): Promise<void> => {
  const { tools, hooks } = lane.groundOf(lane.setting);
  const runner = new CallRunner(kernel, lane, {
    stepId: step.stepId,
    tools,
    hooks,
    callable: true,
  });
  for (const { row, verdict, input, begun, shown } of calls) {
    const { callId, messageId, name } = row;
    const before =
      begun === undefined
        ? undefined
        : {
            begun: row.begun,
            effect: begun.effect,
            changedInput: typeof begun.input === "string" ? begun.input : undefined,
            asserted: begun.asserted ?? [],
          };
    const call = { callId, messageId, name, input, before };
    if (verdict === "run" || verdict === "repeat") runner.again(call);
    else if (verdict === "asked" && shown !== undefined) runner.askAbout(call, shown);
  }
  await runner.settled();
};

const messagesOf = (lane: Lane, stepId: StepId): readonly AssistantMessage[] =>
  lane.history.history.messages.filter(
    (message) => message.role === "assistant" && message.stepId === stepId,
  ) as AssistantMessage[];

/** Whether the model has outcomes to look at: it knows the results that its provider gave. */
const hasCalls = ({ content }: AssistantMessage): boolean =>
  content.some((part) => part.type === "call" && part.hosted === undefined);
