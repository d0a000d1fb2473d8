import { overflowRecovery } from "@holdfast/core/session";

import { assembleRequest } from "./assemble-request.ts";
import { BudgetSpent } from "./budget-spent.ts";
import { compact } from "./compact.ts";

import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { MadeAttempt } from "./open-step.ts";

/**
 * Whether a request that its provider found too long may be made again, since the conversation was compacted for it: once for each step, before
 * anything durable came of it, and only where compactions are automatic and the model's limit is known. Else the failure stands.
 */
export const recoversOverflow = async (
  kernel: Kernel,
  lane: Lane,
  { stepId, messageId }: MadeAttempt,
): Promise<boolean> => {
  const { services } = kernel;
  const { setting } = lane;
  if (!services.compaction.auto || setting.model.contextTokens === undefined || lane.stopped !== undefined)
    return false;
  await lane.flush();
  await lane.history.catchUp();
  const { step, attempt } = (await services.store.snapshot(lane.work.sessionId)) ?? {};
  if (step?.stepId !== stepId || attempt == null) return false;
  const { history } = lane.history;
  const found = overflowRecovery({
    stepSeq: step.seq,
    attemptSeq: attempt.seq,
    hasOutput: history.messages.some(
      (message) => message.role === "assistant" && message.messageId === messageId && message.content.length > 0,
    ),
    last: history.compactions.last,
  });
  if (found !== "compact") return found === "retry";
  const { estimate } = assembleRequest(lane.groundOf(setting), { callable: true });
  const task = { reason: "overflow", setting, settles: [], before: estimate.input, opens: false } as const;
  try {
    await compact(kernel, lane, { ...task, openStepId: stepId });
  } catch (error) {
    if (error instanceof BudgetSpent) return false;
    throw error;
  }
  await lane.history.catchUp();
  return lane.stopped === undefined && lane.history.history.compactions.last?.state === "ended";
};
