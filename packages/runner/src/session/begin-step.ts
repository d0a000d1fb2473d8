import { selectPromotions } from "@holdfast/core/session";

import { assembleRequest } from "./assemble-request.ts";
import { lookAtBoundary, toBoundary } from "./look-at-boundary.ts";

import type { MessageId, StepId, UserMessage } from "@holdfast/core";
import type { EventDraft } from "@holdfast/core/event";
import type { ClaimChange, InputRow, SessionSnapshot } from "@holdfast/core/store";
import type { AssembledRequest } from "./assemble-request.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/** A step whose first, or next, request is durable and may be made. */
export interface OpenStep {
  readonly stepId: StepId;
  readonly attempt: number;
  readonly messageId: MessageId;
  /** Where the next block or call of the message goes. */
  readonly position: number;
  readonly request: AssembledRequest;
}

/** What shares the commit of a step's start. */
export interface StepStart {
  /** Whether the session would otherwise be idle, so that a queued input may open an activity. */
  readonly opening: boolean;
  /** The commit that starts the execution itself: its event, its claim, and the inputs that it wakes. */
  readonly execution?: {
    readonly draft: EventDraft;
    readonly claim: ClaimChange;
    readonly woken: readonly MessageId[];
  };
  /** What was read a moment ago, where it was. */
  readonly snapshot?: SessionSnapshot;
}

/** Steps of an activity, where its agent does not say. */
const defaultSteps = 50;

/** How many steps an activity of this lane may have. */
export const stepLimitOf = (lane: Lane): number => lane.setting.agent?.steps ?? defaultSteps;

/**
 * Promotes what is due and starts a step, in one commit with whatever was staged. Undefined where the lane was stopped, or where an
 * opening found nothing to promote.
 */
export const beginStep = async (kernel: Kernel, lane: Lane, start: StepStart): Promise<OpenStep | undefined> => {
  const { executionId, agentName, model } = lane.setting;
  const boundary = start.snapshot === undefined ? await lookAtBoundary(kernel, lane) : toBoundary(lane, start.snapshot);
  if (boundary === undefined) return undefined;
  if (boundary.isInterrupted) lane.stop("interrupted");
  if (lane.stopped !== undefined) return undefined;
  await lane.history.catchUp();
  const inputs = wake(boundary.inputs, start.execution?.woken ?? []);
  const promotions = selectPromotions(inputs, { opening: start.opening, cutoffSeq: boundary.headSeq });
  if (start.opening && promotions.length === 0) return undefined;

  lane.stepIndex = promotions.length > 0 ? 1 : lane.stepIndex + 1;
  const promoted = promotions.flatMap(({ messageId, seq }): readonly UserMessage[] => {
    const message = lane.history.history.pending(messageId, seq);
    return message === undefined ? [] : [message];
  });
  const request = assembleRequest(lane, { callable: lane.stepIndex < stepLimitOf(lane), promoted });
  const { ids } = kernel.services;
  const step: OpenStep = { stepId: ids.next("stp"), attempt: 1, messageId: ids.next("msg"), position: 0, request };
  const drafts = [
    ...(start.execution === undefined ? [] : [start.execution.draft]),
    ...promotions.map(({ messageId }) => lane.draft("input.promoted", { messageId, executionId })),
    lane.draft("step.started", {
      stepId: step.stepId,
      executionId,
      index: lane.stepIndex,
      agent: agentName,
      model: model.ref,
    }),
    attemptDraft(lane, step),
  ];
  lane.keepBoundary({ ...boundary, inputs: inputs.filter((input) => !promotions.includes(input)) });
  await lane.commit(drafts, {
    ...(start.execution === undefined ? {} : { claim: start.execution.claim }),
    blobs: request.toolsBlob === undefined ? [] : [request.toolsBlob],
  });
  return step;
};

/** An attempt, and the message that it answered in. */
export type MadeAttempt = Pick<OpenStep, "stepId" | "attempt" | "messageId">;

/**
 * Another attempt of a step, after one that was cut or that failed: in the same message where nothing durable came, else in a new one
 * after a request to continue. All that came of the last one is durable by then.
 */
export const beginAttempt = async (kernel: Kernel, lane: Lane, last: MadeAttempt): Promise<OpenStep> => {
  await lane.history.catchUp();
  const hasOutput = lane.history.history.messages.some(
    (message) => message.role === "assistant" && message.messageId === last.messageId && message.content.length > 0,
  );
  const synthetic = hasOutput ? "Your answer was cut off. Continue from where it stopped." : undefined;
  const request = assembleRequest(lane, { callable: lane.stepIndex < stepLimitOf(lane), synthetic });
  const messageId = hasOutput ? kernel.services.ids.next("msg") : last.messageId;
  const step: OpenStep = { stepId: last.stepId, attempt: last.attempt + 1, messageId, position: 0, request };
  await lane.commit([attemptDraft(lane, step, synthetic)], {
    blobs: request.toolsBlob === undefined ? [] : [request.toolsBlob],
  });
  return step;
};

const attemptDraft = (
  lane: Lane,
  { stepId, attempt, messageId, request }: OpenStep,
  synthetic?: string,
): EventDraft => {
  const { toolsBlob, estimate } = request;
  const data = {
    stepId,
    attempt,
    messageId,
    requestHash: request.hash,
    estimate,
    ...(toolsBlob === undefined ? {} : { tools: { $blob: toolsBlob.hash, bytes: toolsBlob.bytes } }),
    ...(synthetic === undefined ? {} : { synthetic }),
  };
  return lane.draft("attempt.started", data, toolsBlob === undefined ? [] : [toolsBlob]);
};

const wake = (inputs: readonly InputRow[], woken: readonly MessageId[]): readonly InputRow[] =>
  woken.length === 0
    ? inputs
    : inputs.map((input) => (woken.includes(input.messageId) ? { ...input, awake: 1 } : input));
