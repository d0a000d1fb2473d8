import { setTimeout as sleep } from "node:timers/promises";

import type { Clock } from "@holdfast/core";

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    try {
      await sleep(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node rejects with its own AbortError; whoever aborted gave a reason, and that is what counts.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
