import type { Clock } from "@holdfast/core";

/** The machine's own clocks, for tests that want real time. A sleeper keeps the process alive, but for one in the background. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal, kind) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      if (kind === "background") timer.unref();
      signal?.addEventListener("abort", abort, { once: true });
    }),
};
