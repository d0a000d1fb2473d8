import type { Clock } from "@holdfast/core";

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves both clocks on, and wakes every sleeper whose time has come, in the order in which they are due. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock alone, as a person or NTP does: the monotonic clock and the sleepers notice nothing. */
  setNow(epochMs: number): void;
  /** How many are asleep, but for those in the background. */
  readonly sleeping: number;
}

interface Sleeper {
  readonly due: number;
  readonly isBackground: boolean;
  wake(): void;
}

/** Time by hand. Starts at `epochMs` (default 2026-01-01), with the monotonic clock at 0. */
export const createFakeClock = (epochMs = 1_767_225_600_000): FakeClock => {
  const sleepers = new Set<Sleeper>();
  let wall = epochMs;
  let elapsed = 0;

  const sleep = (ms: number, signal?: AbortSignal, kind?: "background"): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const abort = () => {
        sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        isBackground: kind === "background",
        due: elapsed + Math.max(0, ms),
        wake: () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", abort, { once: true });
    });

  return {
    now: () => wall,
    monotonic: () => elapsed,
    sleep,
    setNow: (epoch) => {
      wall = epoch;
    },
    get sleeping() {
      return [...sleepers].filter(({ isBackground }) => !isBackground).length;
    },
    // One sleeper after the other, with a turn of the event loop in between: what it wakes may sleep again within `ms`.
    async advance(ms) {
      const end = elapsed + ms;
      for (;;) {
        const next = [...sleepers].toSorted((left, right) => left.due - right.due)[0];
        if (next === undefined || next.due > end) break;
        wall += next.due - elapsed;
        elapsed = next.due;
        next.wake();
        await settle();
      }
      wall += end - elapsed;
      elapsed = end;
      await settle();
    },
  };
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
