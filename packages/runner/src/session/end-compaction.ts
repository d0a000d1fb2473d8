import { compactionEnd, compactionLimits, scheduleRetry } from "@holdfast/core/session";

import { shownTokens, tokensOf } from "../model/shown-tokens.ts";
import { summaryMessage } from "../model/summary-message.ts";
import { toCost } from "../model/to-usage.ts";
import { sha256 } from "../ports/sha256.ts";
import { contextFor } from "./context-for.ts";
import { failureOfFinish } from "./perform-step.ts";

import type { Failure } from "@holdfast/core/event";
import type { Cut, Retry } from "@holdfast/core/session";
import type { CompactionTask } from "./compaction-due.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { ReadSummary } from "./read-summary.ts";
import type { SummaryRequest } from "./summary-request.ts";

/** A request for a summary, and what came of it. */
export interface MadeSummary {
  readonly task: CompactionTask;
  readonly cut: Cut;
  readonly request: SummaryRequest;
  readonly attempt: number;
  readonly read: ReadSummary;
}

/** Stages how a request for a summary ended, with what it used. The retry, where it is made again. */
export const endCompaction = (kernel: Kernel, lane: Lane, made: MadeSummary): Retry | undefined => {
  const { task, cut, request, read } = made;
  const { usage, isEstimated } = read.result;
  const notes = bounded(read.text, request.mostTokens);
  const summary = notes === "" ? "" : `${notes}${request.kept}`;
  const failure = failureOfFinish(read.result.finish ?? "other") ?? read.result.failure ?? usedUp(made);
  const tokens = { before: task.before, after: tokensAfter(lane, made, summary) };
  const end = compactionEnd({
    reason: task.reason,
    summary,
    failure,
    isStopped: lane.stopped !== undefined,
    retry: retryOf(kernel, lane, { ...made, failure }),
    tokens,
    threshold: thresholdOf(task),
    streak: lane.history.history.compactions.last?.streak ?? 0,
  });
  const spent = {
    usage,
    ...(isEstimated ? { estimated: true as const } : {}),
    cost: toCost(usage, request.model.price),
    streak: end.streak,
  };
  const settles = [...task.settles];
  if (end.status === "ended") {
    const { throughSeq } = cut;
    lane.stage(lane.draft("compaction.ended", { throughSeq, summary, tokens, ...spent, settles }));
    return undefined;
  }
  const { retry, isOver } = end;
  const again = retry === undefined ? {} : { retry };
  const answered = { settles: isOver ? settles : [] };
  lane.stage(lane.draft("compaction.failed", { failure: end.failure, ...again, ...spent, ...answered }));
  if (isOver && task.reason === "requested") lane.compaction = { done: true, failure: end.failure };
  return retry;
};

/** Why a model that finished gave no summary, where it had no tokens left for one. */
const usedUp = ({ read, request }: MadeSummary): Failure | undefined =>
  read.text === "" && read.result.finish === "length"
    ? {
        class: "incomplete-stream",
        message: `The model used up the ${request.options.maxOutputTokens} tokens of its answer before it wrote a summary. Let one that reasons less write them: compaction.model.`,
      }
    : undefined;

/** Some four characters are a token. A model that wrote on all the same is cut short. */
const bounded = (text: string, mostTokens: number): string => {
  const most = mostTokens * 4;
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}\n[cut]`;
};

const thresholdOf = (task: CompactionTask): number => {
  const most = contextFor(task);
  return most === undefined ? Infinity : compactionLimits(most).threshold;
};

const tokensAfter = ({ history: { history } }: Lane, { task, cut }: MadeSummary, summary: string): number => {
  const known = history.compactions.summary;
  const replaced = cut.replaced.reduce((sum, message) => sum + shownTokens(message, task.setting.model), 0);
  const old = known === undefined ? 0 : tokensOf([summaryMessage(known.text)]);
  return Math.max(0, task.before - replaced - old) + tokensOf([summaryMessage(summary)]);
};

const retryOf = (
  { services }: Kernel,
  { work }: Lane,
  { attempt, read: { result }, failure }: MadeSummary & { readonly failure: Failure | undefined },
): Retry | undefined => {
  const { status, advice } = result;
  if (status !== "error" || failure === undefined || advice.isFinal === true) return undefined;
  const failed = {
    stepId: work.executionId,
    class: failure.class,
    retries: attempt - 1,
    retryAfterMs: advice.afterMs,
  };
  return scheduleRetry(failed, { ...services.retries, hash: sha256 });
};
