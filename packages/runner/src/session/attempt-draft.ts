import type { EventDraft } from "@holdfast/core/event";
import type { OpenStep } from "./open-step.ts";
import type { Lane } from "./lane.ts";

/** The event that says that a step's request may have been made, and what it would have been. */
export const attemptDraft = (
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
    ...(request.hookedHash === undefined ? {} : { hookedHash: request.hookedHash }),
    estimate,
    ...(toolsBlob === undefined ? {} : { tools: { $blob: toolsBlob.hash, bytes: toolsBlob.bytes } }),
    ...(synthetic === undefined ? {} : { synthetic }),
  };
  return lane.draft("attempt.started", data, toolsBlob === undefined ? [] : [toolsBlob]);
};
