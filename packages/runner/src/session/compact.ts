import { noUsage } from "@holdfast/core/event";

import { toFailure } from "../model/to-failure.ts";
import { sha256 } from "../ports/sha256.ts";
import { budgetOf } from "./budget-of.ts";
import { assertBudget } from "./budget-spent.ts";
import { cutFor } from "./cut-for.ts";
import { endCompaction } from "./end-compaction.ts";
import { readSummary } from "./read-summary.ts";
import { commitFirst, compactionDraft, startCompaction } from "./start-compaction.ts";
import { summaryRequest } from "./summary-request.ts";

import type { Failure } from "@holdfast/core/event";
import type { CompactionTask } from "./compaction-due.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { SummaryRequest } from "./summary-request.ts";

/**
 * Compacts the conversation: asks for a summary of its older part, and puts that in its place for every request from then on. Where it fails,
 * the model is shown what it was shown before. Retries are like those of a step, each with events and a charge of its own.
 *
 * @throws BudgetSpent; store.condition-failed where a request was withdrawn, or the session changed, before it began.
 */
export const compact = async (kernel: Kernel, lane: Lane, task: CompactionTask): Promise<void> => {
  await lane.settleFirst();
  await lane.history.catchUp();
  const cut = cutFor(lane, task);
  if (cut === undefined) return refuse(lane, task, nothing);
  let request: SummaryRequest;
  try {
    request = await summaryRequest(kernel, lane, { cut, task });
  } catch (error) {
    if (lane.stopped !== undefined) return undefined;
    return refuse(lane, task, toFailure(error));
  }
  const { setting, opens } = task;
  for (let attempt = 1; lane.stopped === undefined; attempt++) {
    await assertBudget(kernel, lane, { budget: budgetOf(kernel.services, setting), request, steps: 0, opens });
    await startCompaction(lane, task, { request, cut, attempt });
    lane.compaction = { ...lane.compaction, done: true };
    const read = await readSummary(kernel, lane, request);
    const retry = endCompaction(kernel, lane, { task, cut, request, attempt, read });
    await lane.flush();
    if (retry === undefined) return;
    // Rejects where the lane was stopped, and for nothing else.
    await kernel.services.clock.sleep(retry.delayMs, lane.signal).catch(() => undefined);
  }
};

const nothing: Failure = {
  class: "invalid-request",
  message:
    "There is nothing to compact: the conversation has no older part that could be cut off from its newest exchange.",
};

/** Says why no model is asked. */
const refuse = async (lane: Lane, task: CompactionTask, failure: Failure): Promise<void> => {
  const { compactions } = lane.history.history;
  const request = { model: task.setting.model, hash: sha256(""), estimate: { input: 0, cost: 0 } };
  const cut = { throughSeq: Math.max(0, compactions.summary?.throughSeq ?? 0) };
  const isCounted = task.reason !== "requested" && failure !== nothing;
  const failed = lane.draft("compaction.failed", {
    failure,
    usage: noUsage,
    cost: 0,
    settles: [...task.settles],
    streak: (compactions.last?.streak ?? 0) + (isCounted ? 1 : 0),
  });
  const drafts = [compactionDraft(lane, task, { request, cut, attempt: 1 }), failed];
  await commitFirst(lane, task, { drafts, state: "settled" });
  const isTold = task.reason === "requested" && failure !== nothing;
  lane.compaction = isTold ? { done: true, failure } : { ...lane.compaction, done: true };
};
