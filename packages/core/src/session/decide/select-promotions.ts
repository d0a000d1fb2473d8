import type { InputRow } from "../../store/rows.ts";

/**
 * Which pending inputs to promote at a boundary, in admission order. Steers that are awake, up to a cutoff that was captured at
 * the boundary, so that a fast producer cannot extend it for ever. Where the session would otherwise be idle, and no steer waits,
 * the oldest queued input: one activity at a time.
 */
export const selectPromotions = (
  inputs: readonly InputRow[],
  { opening, cutoffSeq }: { readonly opening: boolean; readonly cutoffSeq: number },
): readonly InputRow[] => {
  const awake = inputs.filter((input) => input.kind === "prompt" && input.awake === 1 && input.seq <= cutoffSeq);
  const steers = awake.filter((input) => input.delivery === "steer");
  if (steers.length > 0 || !opening) return steers;
  return awake.slice(0, 1);
};
