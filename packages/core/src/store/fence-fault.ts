import { isEventType, isOwnerOnly } from "../event/catalogue.ts";
import { maxFence } from "../event/envelope.ts";

import type { SealedEnvelope } from "../event/envelope.ts";

/** What a fence should have been. */
export interface FenceFault {
  readonly expected: string;
  readonly found: string;
}

/**
 * Whether an event has the fence that it must have: an owner-only one has one, any other that this version knows has none, and none
 * is lower than one before it in its log. Null where it has.
 *
 * @param highest The highest fence before it; 0 for none.
 */
export const fenceFault = (
  { type, fence }: Pick<SealedEnvelope, "type" | "fence">,
  highest: number,
): FenceFault | null => {
  const found = fence === null ? "none" : String(fence);
  if (isEventType(type) && isOwnerOnly(type) !== (fence !== null)) {
    return { expected: isOwnerOnly(type) ? `the fence of an owner's ${type}` : `no fence on ${type}`, found };
  }
  if (fence === null || (fence >= highest && fence <= maxFence)) return null;
  return { expected: `a fence from ${Math.max(1, highest)} to ${maxFence}`, found };
};
