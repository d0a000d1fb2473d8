import { scheduleRetry } from "@holdfast/core/session";

import { sha256 } from "../ports/sha256.ts";

import type { StepId } from "@holdfast/core";
import type { Failure } from "@holdfast/core/event";
import type { Retry } from "@holdfast/core/session";
import type { AttemptResult } from "./attempt-result.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/** The retry of an attempt that failed; undefined where there is none, since it would come to the same, or the step had them all. */
export const nextRetry = (
  { services }: Kernel,
  lane: Lane,
  {
    stepId,
    failure,
    result,
  }: {
    readonly stepId: StepId;
    readonly failure: Failure | undefined;
    readonly result: Pick<AttemptResult, "status" | "advice">;
  },
): Retry | undefined => {
  const { status, advice } = result;
  if (status !== "error" || failure === undefined || advice.isFinal === true) return undefined;
  const last = lane.history.history.retry;
  const retries = last?.stepId === stepId ? last.retry : 0;
  const failed = { stepId, class: failure.class, retries, retryAfterMs: advice.afterMs };
  return scheduleRetry(failed, { ...services.retries, hash: sha256 });
};
