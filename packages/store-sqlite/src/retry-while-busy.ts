import { setTimeout as sleep } from "node:timers/promises";

import { isBusy } from "./errors.ts";

/**
 * Runs a read or a write again while another process is in its way, until the budget is used up. SQLite's own busy timeout blocks
 * the event loop, so it is short, and the waiting is done here.
 */
export const retryWhileBusy = async <T>(run: () => T | Promise<T>, budgetMs: number): Promise<T> => {
  const deadline = performance.now() + budgetMs;
  for (let retry = 0; ; retry++) {
    try {
      return await run();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
      await pauseBeforeRetry(retry);
    }
  }
};

/** Waits longer before each retry, up to 100 ms on average; jittered, so that two processes do not keep meeting. */
export const pauseBeforeRetry = (retry: number): Promise<void> =>
  sleep(Math.min(2 ** (retry + 1), 100) * (0.5 + Math.random()));
