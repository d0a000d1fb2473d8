import type { Clock } from "@holdfast/core";

/** What one of Node's timers holds, in milliseconds; beyond it, it fires at once. */
const longestTimerMs = 2 ** 31 - 1;

// Not `node:timers/promises`: it makes an error of its own for each sleep that is ended early, which most are (measured: 3 % of a turn).
const sleep = (ms: number, signal: AbortSignal | undefined, kind?: "background"): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    let left = ms;
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const wait = (): void => {
      const part = Math.min(left, longestTimerMs);
      left -= part;
      timer = setTimeout(() => {
        if (left > 0) return wait();
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, part);
      if (kind === "background") timer.unref();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    wait();
  });

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep,
};
