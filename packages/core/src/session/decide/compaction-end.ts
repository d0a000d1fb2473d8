import type { CompactionReason } from "../../event/compaction-events.ts";
import type { Failure } from "../../event/failure.ts";
import type { Retry } from "./schedule-retry.ts";

/** What came of a request for a summary. */
export interface SummaryOutcome {
  readonly reason: CompactionReason;
  /** Empty where the model gave none. */
  readonly summary: string;
  /** Why the answer is not whole, where it is not. */
  readonly failure: Failure | undefined;
  /** Whether somebody stopped it: an interruption, or the end of the runtime. */
  readonly isStopped: boolean;
  /** The retry that there would be. */
  readonly retry: Retry | undefined;
  /** What the next request counts without the summary, and with it. */
  readonly tokens: { readonly before: number; readonly after: number };
  /** What a request of the session may count before it is compacted; infinite where nobody says. */
  readonly threshold: number;
  /** How many automatic ones in a row came to nothing before. */
  readonly streak: number;
}

/** How a compaction ends. `isOver`: whoever asked for it has the answer; else it is made again, now or at a later boundary. */
export type CompactionEnd =
  | { readonly status: "ended"; readonly streak: number }
  | {
      readonly status: "failed";
      readonly failure: Failure;
      readonly retry: Retry | undefined;
      readonly isOver: boolean;
      readonly streak: number;
    };

/**
 * How a compaction ends. A summary counts only where the next request gets smaller by it. What a person asked for counts in no streak, and what was
 * stopped or is tried again counts neither.
 */
export const compactionEnd = (outcome: SummaryOutcome): CompactionEnd => {
  const { reason, tokens, threshold, streak, isStopped } = outcome;
  const one = reason === "requested" ? 0 : 1;
  const failure = failureOf(outcome);
  if (failure === undefined) return { status: "ended", streak: tokens.after <= threshold ? 0 : streak + one };
  if (isStopped) {
    const aborted = { class: "aborted", message: "The compaction was stopped before its end." } as const;
    return { status: "failed", failure: aborted, retry: undefined, isOver: false, streak };
  }
  const isOver = outcome.retry === undefined;
  return { status: "failed", failure, retry: outcome.retry, isOver, streak: streak + (isOver ? one : 0) };
};

const failureOf = ({ failure, summary, tokens: { before, after } }: SummaryOutcome): Failure | undefined => {
  if (failure !== undefined) return failure;
  if (summary === "") return { class: "incomplete-stream", message: "The model gave no summary." };
  if (after < before) return undefined;
  return {
    class: "context-overflow",
    message: `The summary is no shorter than what it stands for: the next request would count ${after} tokens with it, and counts ${before} without.`,
  };
};
