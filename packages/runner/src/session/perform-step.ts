import { toCost } from "../model/to-usage.ts";
import { nextRetry } from "./next-retry.ts";
import { CallRunner } from "./call-runner.ts";
import { StreamReader } from "./stream-attempt.ts";

import type { Failure } from "@holdfast/core/event";
import type { MadeAttempt, OpenStep } from "./open-step.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/** What came of a step, every call of it settled. */
export interface PerformedStep {
  /** Its last attempt. */
  readonly step: MadeAttempt;
  /** Why the model stopped, where it did by itself. */
  readonly finish: string;
  /** Why the step came to nothing. */
  readonly failure: Failure | undefined;
  /** When its request is made again, in place of failing: on the monotonic clock, in milliseconds. */
  readonly retryAtMs: number | undefined;
  /** Whether the model has results to look at. */
  readonly hadCalls: boolean;
}

/** Makes a step's request, reads the answer, and settles its calls. What ends the step is left to the caller. */
export const performStep = async (kernel: Kernel, lane: Lane, step: OpenStep): Promise<PerformedStep> => {
  const calls = new CallRunner(kernel, lane, { stepId: step.stepId, ...step.request });
  const reader = new StreamReader(lane, kernel.live, {
    messageId: step.messageId,
    position: step.position,
    clock: kernel.services.clock,
    watchdog: kernel.services.watchdog,
    onCall: (call) => calls.start(call),
  });
  const result = await reader.read(step.request);
  const { status, usage } = result;
  // With the last block, so that a reader of the log can tell a complete answer from a cut one.
  lane.stage(
    lane.draft("attempt.ended", {
      stepId: step.stepId,
      attempt: step.attempt,
      status,
      ...(result.finish === undefined ? {} : { finish: result.finish }),
      ...(result.failure === undefined ? {} : { failure: result.failure }),
      usage,
      ...(result.isEstimated ? { estimated: true as const } : {}),
      cost: toCost(usage, lane.setting.model.price),
    }),
  );
  // In the same commit, so that nobody finds a failure of which it is open what becomes of it.
  const finish = result.finish ?? "other";
  const failure = failureOfFinish(finish) ?? result.failure;
  const retry = nextRetry(kernel, lane, { stepId: step.stepId, failure, result });
  const retryAtMs = retry === undefined ? undefined : kernel.services.clock.monotonic() + retry.delayMs;
  if (retry !== undefined && failure !== undefined) {
    const { stepId, attempt } = step;
    lane.stage(lane.draft("retry.scheduled", { stepId, attempt, class: failure.class, ...retry }));
  }
  await calls.settled();
  return { step, finish, failure, retryAtMs, hadCalls: calls.count > 0 };
};

/** Why an answer that is complete is a failure all the same, where it is. */
export const failureOfFinish = (finish: string): Failure | undefined =>
  finish === "content-filter"
    ? { class: "content-filter", message: "The provider's content filter stopped the answer." }
    : undefined;
