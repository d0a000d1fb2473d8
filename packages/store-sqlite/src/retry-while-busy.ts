import { setTimeout as sleep } from "node:timers/promises";

import { isBusy } from "./errors.ts";

/**
 * Runs a write again while another process holds the lock, until the budget is used up. SQLite's own busy timeout blocks the
 * event loop, so it is short, and the waiting is done here; jittered, so that two processes do not keep meeting.
 */
export const retryWhileBusy = async <T>(write: () => T, budgetMs: number): Promise<T> => {
  const deadline = performance.now() + budgetMs;
  for (let delay = 2; ; delay = Math.min(delay * 2, 100)) {
    try {
      return write();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
      await sleep(delay * (0.5 + Math.random()));
    }
  }
};
