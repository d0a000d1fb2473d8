import type { FakeClock } from "@holdfast/testkit";

/** Moves the clock on until a promise is settled: what reads real files takes real time beside. */
export const whileTimePasses = async <T>(clock: FakeClock, promise: Promise<T>, stepMs = 1_000): Promise<T> => {
  const state = { settled: false };
  const done = promise.finally(() => (state.settled = true));
  while (!state.settled) {
    await clock.advance(stepMs);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return done;
};
