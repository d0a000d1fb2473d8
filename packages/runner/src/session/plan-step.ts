import { isCompactionDue, planPromotions, requestedCompactions } from "@holdfast/core/session";

import { AttemptFailed } from "../model/attempt-failed.ts";
import { toFailure } from "../model/to-failure.ts";
import { asDecided } from "./as-decided.ts";
import { attemptDraft } from "./attempt-draft.ts";
import { budgetOf } from "./budget-of.ts";
import { assertBudget } from "./budget-spent.ts";
import { CompactionDue } from "./compaction-due.ts";
import { cutFor } from "./cut-for.ts";
import { prepareRequest } from "./prepare-request.ts";
import { nextSetting } from "./setting-of.ts";
import { stepContext, toAdmitted } from "./step-context.ts";

import type { MessageId } from "@holdfast/core";
import type { EventDraft } from "@holdfast/core/event";
import type { InputRow } from "@holdfast/core/store";
import type { OpenStep } from "./open-step.ts";
import type { StepStart } from "./step-start.ts";
import type { Boundary } from "./boundary.ts";
import type { CompactionTask } from "./compaction-due.ts";
import type { LaneCommit } from "./commit-queue.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { SettingSource, StepSetting } from "./setting-of.ts";

/** A step as it would start at a boundary: its commit, and what holds once that was made. */
export interface StepPlan {
  readonly step: OpenStep;
  readonly setting: StepSetting;
  /** Position in its activity, from 1. */
  readonly index: number;
  /** How many messages' calls the system context has looked at then. */
  readonly seenForContext: number;
  readonly drafts: readonly EventDraft[];
  readonly options: LaneCommit;
  /** What is left of the boundary. */
  readonly rest: Boundary;
}

/**
 * Decides a step at a boundary: what is promoted, what it runs with, and the request that shows it. Undefined where an opening finds
 * nothing to promote.
 *
 * @throws CompactionDue where the conversation is to be compacted first. AttemptFailed where what it is to run with cannot be had; BudgetSpent where the activity's budget has no room for it.
 */
export const planStep = async (
  kernel: Kernel,
  lane: Lane,
  { boundary, opening, execution }: StepStart & { readonly boundary: Boundary },
): Promise<StepPlan | undefined> => {
  const { ids } = kernel.services;
  const { executionId } = lane.work;
  // The store may tell late what other processes committed, and the boundary is younger.
  await lane.history.catchUp(boundary.headSeq);
  const inputs = wake(boundary.inputs, execution?.woken ?? []);
  const { promotions, promoted, index, choice } = planPromotions({
    history: lane.history.history,
    inputs,
    opening,
    cutoffSeq: boundary.headSeq,
    startedSeq: lane.work.startedSeq,
    indexBefore: lane.stepIndex,
  });
  const requested = requestedCompactions(inputs, boundary.headSeq);
  if (opening && promotions.length === 0 && requested.length === 0) return undefined;
  const setting = await settingAt(kernel, lane, { session: boundary.session, choice });
  // Another model or agent is shown the whole history anew.
  if (setting !== lane.setting) await lane.settleFirst();
  const budget = budgetOf(kernel.services, setting);
  const context = await stepContext(kernel.services, {
    location: lane.work.location,
    setting,
    ...lane.groundOf(setting),
  });
  const { told } = context;
  const request = await prepareRequest(lane.groundOf(setting, context), {
    callable: index < budget.steps,
    promoted,
    told,
  });
  assertNotDue(kernel, lane, {
    setting,
    decidedOn: boundary,
    requested,
    before: request.estimate.input,
    opens: promoted.length > 0 || opening,
  });
  await assertBudget(kernel, lane, { budget, request, steps: 1, opens: promoted.length > 0 });
  const step: OpenStep = { stepId: ids.next("stp"), attempt: 1, messageId: ids.next("msg"), position: 0, request };
  const hasMoreDenies = setting.denies.length > lane.setting.denies.length;
  const drafts = [
    ...promotions.map(({ messageId }) => lane.draft("input.promoted", { messageId, executionId })),
    ...toAdmitted(executionId, context).map((data) => lane.draft("context.admitted", data)),
    lane.draft("step.started", {
      stepId: step.stepId,
      executionId,
      index,
      agent: setting.agentName,
      model: setting.model.ref,
      ...(hasMoreDenies ? { denies: setting.denies.map((rules) => [...rules]) } : {}),
    }),
    attemptDraft(lane, step),
  ];
  return {
    step,
    setting,
    index,
    seenForContext: context.seen,
    drafts,
    options: {
      blobs: request.toolsBlob === undefined ? [] : [request.toolsBlob],
      changes: asDecided(boundary.session, promotions),
      conditional: true,
    },
    rest: { ...boundary, inputs: inputs.filter((input) => !promotions.includes(input)) },
  };
};

/** @throws CompactionDue where somebody asked for one, or the request is too near to its model's limit and can be made smaller. */
const assertNotDue = (
  { services }: Kernel,
  lane: Lane,
  {
    requested,
    ...decided
  }: Pick<CompactionTask, "setting" | "before" | "opens" | "decidedOn"> & {
    readonly requested: readonly InputRow[];
  },
): void => {
  const { setting, before } = decided;
  const task = { ...decided, settles: requested.map(({ messageId }) => messageId) };
  if (requested.length > 0) throw new CompactionDue({ ...task, reason: "requested" });
  if (!services.compaction.auto || lane.compaction.done) return;
  const { contextTokens } = setting.model;
  const streak = lane.history.history.compactions.last?.streak ?? 0;
  const due: CompactionTask = { ...task, reason: "threshold" };
  if (isCompactionDue(before, { contextTokens, streak }) && cutFor(lane, due) !== undefined)
    throw new CompactionDue(due);
};

const settingAt = async ({ services }: Kernel, lane: Lane, source: SettingSource): Promise<StepSetting> => {
  try {
    return await nextSetting(services, source, lane.setting);
  } catch (error) {
    throw new AttemptFailed(toFailure(error));
  }
};

/** Inputs of which some are woken by the commit that starts their execution. */
export const wake = (inputs: readonly InputRow[], woken: readonly MessageId[]): readonly InputRow[] =>
  woken.length === 0
    ? inputs
    : inputs.map((input) => (woken.includes(input.messageId) ? { ...input, awake: 1 } : input));
