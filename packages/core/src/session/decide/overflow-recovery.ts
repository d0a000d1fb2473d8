import { compactionStreakLimit } from "./compaction-limits.ts";

import type { LastCompaction } from "../compaction-track.ts";

/** A request that its provider found too long. */
export interface Overflow {
  /** Where its step began. */
  readonly stepSeq: number;
  /** Where the attempt began that failed. */
  readonly attemptSeq: number;
  /** Whether anything durable came of the attempt. */
  readonly hasOutput: boolean;
  readonly last: LastCompaction | undefined;
}

/**
 * What is done about it. `compact`: the conversation is compacted, once for each step. `retry`: that was done, and the request is made again.
 * `fail`: the failure stands. Told from the log alone, so that a crash in between makes no loop of it.
 */
export const overflowRecovery = ({ stepSeq, attemptSeq, hasOutput, last }: Overflow): "compact" | "retry" | "fail" => {
  if (hasOutput) return "fail";
  if ((last?.streak ?? 0) >= compactionStreakLimit) return "fail";
  if (last === undefined || last.seq < stepSeq) return "compact";
  // It was compacted within this step, and this attempt is the one after that.
  if (last.seq < attemptSeq) return "fail";
  if (last.state === "ended") return "retry";
  return last.state === "aborted" ? "compact" : "fail";
};
