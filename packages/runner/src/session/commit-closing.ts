import { HoldfastError } from "@holdfast/core";

import type { CallId } from "@holdfast/core";
import type { EventDraft } from "@holdfast/core/event";
import type { LaneCommit } from "./commit-queue.ts";
import type { Lane } from "./lane.ts";

/** How often others may be in the way: each time an ask was opened, answered or ended, between the look at it and the commit. */
const tries = 8;

/**
 * Commits what settles a call, or the execution where no call is named, together with the ends of its asks that are open: an answer that nobody
 * waits for is refused from then on, never lost.
 */
export const commitClosing = async (
  lane: Lane,
  drafts: readonly EventDraft[],
  { callId, ...options }: LaneCommit & { readonly callId?: CallId },
): Promise<void> => {
  const reason = lane.stopped === "interrupted" ? "interrupted" : "settled";
  for (let attempt = 1; ; attempt++) {
    const closings = await lane.asks.closings(callId, reason);
    const mayRetry = closings !== undefined && attempt < tries;
    try {
      await lane.commit([...(closings ?? []), ...drafts], mayRetry ? { ...options, conditional: true } : options);
      return;
    } catch (error) {
      if (!mayRetry || !HoldfastError.isInstance(error, "store.condition-failed")) throw error;
    }
  }
};
