import { runExecution } from "./run-execution.ts";

import type { OpenStep } from "./open-step.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/**
 * Works on an execution until it ends or the lane is stopped. Where the execution stays open and the claim is still ours, the claim
 * is given up, so that whoever takes it next need not wait for it to expire.
 *
 * @returns whether the execution was completed.
 * @throws whatever broke the work, but for the loss of the claim, which is the other owner's gain.
 */
export const workLane = async (
  kernel: Kernel,
  lane: Lane,
  begin: () => Promise<OpenStep | undefined>,
): Promise<boolean> => {
  try {
    const first = await begin();
    if (first !== undefined) await runExecution(kernel, lane, first);
  } catch (error) {
    lane.stop("broken", error);
  }
  if (lane.stopped === "disposed" || lane.stopped === "broken") await giveUp(kernel, lane);
  if (lane.stopped === "broken") throw lane.signal.reason;
  return lane.ended === "completed";
};

const giveUp = async ({ services }: Kernel, lane: Lane): Promise<void> => {
  try {
    await lane.giveUp();
  } catch (error) {
    services.logger.warn("the claim on a session could not be given up, and will expire", {
      sessionId: lane.work.sessionId,
      reason: String(error),
    });
  }
};
