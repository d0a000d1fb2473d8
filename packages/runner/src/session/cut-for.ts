import { chooseCut, compactionLimits } from "@holdfast/core/session";

import { shownTokens } from "../model/shown-tokens.ts";
import { contextFor } from "./context-for.ts";

import type { Cut } from "@holdfast/core/session";
import type { CompactionTask } from "./compaction-due.ts";
import type { Lane } from "./lane.ts";

/** Where a compaction cuts the lane's conversation: undefined where there is nothing to cut off. */
export const cutFor = ({ history: { history } }: Pick<Lane, "history">, task: CompactionTask): Cut | undefined => {
  return chooseCut({
    messages: history.messages,
    afterSeq: history.compactions.summary?.throughSeq ?? -1,
    openStepId: task.openStepId,
    keptTokens: compactionLimits(contextFor(task)).kept,
    tokensOf: (message) => shownTokens(message, task.setting.model),
  });
};
