import { createIdSource } from "@holdfast/core";

import type { Clock, IdSource } from "@holdfast/core";

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Time stands still at 2026-01-01: IDs then differ by their counter and their letters, and are the same in every run. */
const stillClock: Clock = { now: () => 1_767_225_600_000, monotonic: () => 0, sleep: () => Promise.resolve() };

/**
 * IDs that are the same in every run with the same seed, and different between seeds: for tests that print or compare them.
 *
 * @param clock Where the time in the IDs comes from. Default: one that stands still.
 */
export const createSeededIds = (seed: number, clock: Clock = stillClock): IdSource => {
  const random = createRandom(seed);
  return createIdSource(clock, (length) => {
    let text = "";
    for (let index = 0; index < length; index++) text += letters[Math.floor(random() * letters.length)];
    return text;
  });
};

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
