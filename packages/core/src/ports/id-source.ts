import type { IdOf, IdPrefix } from "../ids/id.ts";
import type { Clock } from "./clock.ts";

/** Makes IDs. Two calls never return the same ID, in any process; later IDs of one process sort after earlier ones. */
export interface IdSource {
  next<const TPrefix extends IdPrefix>(prefix: TPrefix): IdOf<TPrefix>;
}

const timeDigits = 9;
const counterDigits = 3;
const counterLimit = 36 ** counterDigits;

/**
 * IDs of 26 characters after the prefix: 9 of time (base 36, milliseconds), 3 of a counter within the millisecond,
 * and 14 that `random` supplies. Order is a convenience for readers of logs; history is ordered by `seq` alone.
 */
export const createIdSource = (clock: Clock, random: (length: number) => string): IdSource => {
  let lastTime = 0;
  let counter = 0;
  let stamp = "0".repeat(timeDigits);
  return {
    next<const TPrefix extends IdPrefix>(prefix: TPrefix): IdOf<TPrefix> {
      const now = clock.now();
      if (now > lastTime) {
        lastTime = now;
        counter = 0;
        stamp = now.toString(36).padStart(timeDigits, "0");
      } else if (++counter === counterLimit) {
        // More than 46,656 in a millisecond, or a clock that was set back: borrow the next millisecond.
        lastTime += 1;
        counter = 0;
        stamp = lastTime.toString(36).padStart(timeDigits, "0");
      }
      const count = counter.toString(36).padStart(counterDigits, "0");
      return `${prefix}_${stamp}${count}${random(14)}` as IdOf<TPrefix>;
    },
  };
};
