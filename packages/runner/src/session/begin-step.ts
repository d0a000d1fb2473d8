import { HoldfastError } from "@holdfast/core";

import { attemptDraft } from "./attempt-draft.ts";
import { budgetOf } from "./budget-of.ts";
import { assertBudget } from "./budget-spent.ts";
import { CompactionDue } from "./compaction-due.ts";
import { compact } from "./compact.ts";
import { lookAtBoundary, toBoundary } from "./look-at-boundary.ts";
import { planStep } from "./plan-step.ts";
import { stepContext, toAdmitted } from "./step-context.ts";
import { prepareRequest } from "./prepare-request.ts";

import type { AssembledRequest } from "./assemble-request.ts";
import type { Boundary } from "./boundary.ts";
import type { CompactionTask } from "./compaction-due.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { MadeAttempt, OpenStep } from "./open-step.ts";
import type { StepPlan } from "./plan-step.ts";
import type { StepContext } from "./step-context.ts";
import type { StepStart } from "./step-start.ts";

/**
 * Promotes what is due and starts a step, in one commit with whatever was staged. What it was decided on may have changed meanwhile: an
 * input was replaced or withdrawn, the session was given another agent. Then nothing of the commit happened, and it is decided anew.
 * Undefined where the lane was stopped, or where an opening found nothing to promote.
 *
 * @throws AttemptFailed where what the session now runs with cannot be had; BudgetSpent.
 */
export const beginStep = async (kernel: Kernel, lane: Lane, start: StepStart): Promise<OpenStep | undefined> => {
  let boundary = start.snapshot === undefined ? await lookAtBoundary(kernel, lane) : toBoundary(lane, start.snapshot);
  for (;;) {
    if (!mayBegin(lane, boundary)) return undefined;
    start.execution?.expect(boundary.session);
    const plan = await planUnlessStopped(kernel, lane, { ...start, boundary });
    const opening = await start.execution?.part();
    // Plugins may have taken their time: whoever was stopped meanwhile starts nothing.
    if (plan === undefined || lane.stopped !== undefined) return undefined;
    lane.keepBoundary(plan.rest);
    try {
      await lane.commit([...(opening?.drafts ?? []), ...plan.drafts], { ...plan.options, ...opening?.commit });
    } catch (error) {
      if (!HoldfastError.isInstance(error, "store.condition-failed")) throw error;
      const seen: number = boundary.headSeq;
      boundary = await lookAtBoundary(kernel, lane);
      if (boundary !== undefined && boundary.headSeq <= seen) throw error;
      continue;
    }
    lane.enter(plan.setting, plan.index);
    lane.history.seenForContext = plan.seenForContext;
    return plan.step;
  }
};

/** The plan of a step; undefined where the lane was stopped, which ends every wait for a plugin. */
const planUnlessStopped = async (...args: Parameters<typeof planStep>): Promise<StepPlan | undefined> => {
  const [, lane] = args;
  try {
    return await planStep(...args);
  } catch (error) {
    if (lane.stopped === undefined) throw error;
    return undefined;
  }
};

/**
 * Starts a step, after what is to be compacted before it was. Undefined where `beginStep` gives that.
 *
 * @throws AttemptFailed, BudgetSpent
 */
export const beginCompacted = async (kernel: Kernel, lane: Lane, start: StepStart): Promise<OpenStep | undefined> => {
  for (;;) {
    try {
      return await beginStep(kernel, lane, start);
    } catch (error) {
      if (!(error instanceof CompactionDue)) throw error;
      await compactAsDecided(kernel, lane, error.task);
      if (lane.stopped !== undefined) return undefined;
    }
  }
};

/** Compacts, unless what that was decided on has changed meanwhile: then whoever looks at the boundary again decides anew. */
export const compactAsDecided = async (kernel: Kernel, lane: Lane, task: CompactionTask): Promise<void> => {
  try {
    await compact(kernel, lane, task);
  } catch (error) {
    if (!HoldfastError.isInstance(error, "store.condition-failed")) throw error;
    const headSeq = (await kernel.services.store.head(lane.work.sessionId))?.seq ?? -1;
    // Else it would be refused for ever.
    if (headSeq <= (task.decidedOn?.headSeq ?? Infinity)) throw error;
  }
};

const mayBegin = (lane: Lane, boundary: Boundary | undefined): boundary is Boundary => {
  if (boundary === undefined) return false;
  if (boundary.isInterrupted) lane.stop("interrupted");
  // An execution that would open elsewhere by now is for whoever looks again.
  return lane.stopped === undefined && isAt(lane, boundary);
};

const isAt = ({ setting }: Lane, { session }: Boundary): boolean =>
  setting.session.directory === session.directory && setting.session.workspaceId === session.workspaceId;

/**
 * Another attempt of a step, after one that was cut or that failed: in the same message where nothing durable came, else in a new one
 * after a request to continue. All that came of the last one is durable by then. Undefined where the lane was stopped meanwhile.
 *
 * @throws BudgetSpent
 */
export const beginAttempt = async (kernel: Kernel, lane: Lane, last: MadeAttempt): Promise<OpenStep | undefined> => {
  await lane.history.catchUp();
  const hasOutput = lane.history.history.messages.some(
    (message) => message.role === "assistant" && message.messageId === last.messageId && message.content.length > 0,
  );
  const synthetic = hasOutput ? "Your answer was cut off. Continue from where it stopped." : undefined;
  const budget = budgetOf(kernel.services, lane.setting);
  const callable = lane.stepIndex < budget.steps;
  let context: StepContext | undefined;
  let request: AssembledRequest;
  try {
    context = await epochAfterCompaction(kernel, lane);
    request = await prepareRequest(lane.groundOf(lane.setting, context), { callable, synthetic });
  } catch (error) {
    if (lane.stopped === undefined) throw error;
    return undefined;
  }
  if (lane.stopped !== undefined) return undefined;
  await assertBudget(kernel, lane, { budget, request, steps: 0, opens: false });
  const messageId = hasOutput ? kernel.services.ids.next("msg") : last.messageId;
  const step: OpenStep = { stepId: last.stepId, attempt: last.attempt + 1, messageId, position: 0, request };
  const opened = context === undefined ? [] : toAdmitted(lane.work.executionId, context);
  const admitted = opened.map((data) => lane.draft("context.admitted", data));
  await lane.commit([...admitted, attemptDraft(lane, step, synthetic)], {
    blobs: request.toolsBlob === undefined ? [] : [request.toolsBlob],
  });
  return step;
};

/** The epoch that an attempt opens, where a compaction within its step ended the one before. */
const epochAfterCompaction = async ({ services }: Kernel, lane: Lane): Promise<StepContext | undefined> => {
  const { setting, history, work } = lane;
  const { baseline, known } = history.history.context;
  if (baseline !== undefined || known.size === 0) return undefined;
  return stepContext(services, { location: work.location, setting, ...lane.groundOf(setting) });
};
