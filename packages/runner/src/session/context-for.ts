import type { CompactionTask } from "./compaction-due.ts";

/** How many tokens a request may hold, as far as is known. What its provider found too long is no measure of what it takes. */
export const contextFor = ({
  setting: { model },
  reason,
  before,
}: Pick<CompactionTask, "setting" | "reason" | "before">): number | undefined =>
  reason === "overflow" ? Math.min(before, model.contextTokens ?? before) : model.contextTokens;
