/** Tokens that stay free below a model's limit: for the answer, and for what an estimate is wrong by. A quarter of a small window. */
const mostReserve = 20_000;
/** Tokens of the newest part of a conversation that stay as they are. A quarter of what may be used of a small window. */
const mostKept = 15_000;
/** Tokens of a summary. An eighth of a small window. */
const mostSummary = 4_096;
/** What is reckoned with where nobody says how much a model takes, and somebody asks for a compaction. */
const usualContext = 128_000;

/** How many automatic compactions in a row may fail to bring the request below its threshold before none is made any more. */
export const compactionStreakLimit = 3;

/** What a compaction goes by, in tokens. */
export interface CompactionLimits {
  /** A request of more is compacted before it is made. */
  readonly threshold: number;
  readonly kept: number;
  readonly summary: number;
  /** What a request for a summary may hold. */
  readonly request: number;
}

/**
 * What a compaction goes by for a model.
 *
 * @param contextTokens How many tokens a request may hold. Default: 128,000.
 */
export const compactionLimits = (contextTokens: number = usualContext): CompactionLimits => {
  const threshold = contextTokens - Math.min(mostReserve, Math.floor(contextTokens / 4));
  return {
    threshold,
    kept: Math.min(mostKept, Math.floor(threshold / 4)),
    summary: Math.max(1, Math.min(mostSummary, Math.floor(contextTokens / 8))),
    request: threshold,
  };
};

/**
 * Whether a request is to be compacted before it is made: its estimate is over the threshold, and not too many compactions in a row have
 * come to nothing.
 */
export const isCompactionDue = (
  estimate: number,
  { contextTokens, streak }: { readonly contextTokens: number | undefined; readonly streak: number },
): boolean =>
  contextTokens !== undefined && streak < compactionStreakLimit && estimate > compactionLimits(contextTokens).threshold;
