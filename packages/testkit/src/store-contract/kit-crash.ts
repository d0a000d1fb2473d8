import type { Store } from "@holdfast/core/store";
import type { Crash } from "./store-subject.ts";

/**
 * Ends what reaches it: the `place`th time after `arm`, from 1, it throws, and every time from then on until `end`, so that
 * nothing that comes after the place is done. For a store in this process, whose `faults` it is.
 *
 * @param onCrash Called once, at the place: where a copy is made of what a process that ends there would leave.
 */
export const createCrash = (place: number, onCrash: () => void = () => undefined): Crash => {
  let armed = false;
  let reached = 0;
  let crashedAt: string | null = null;
  return {
    get place() {
      return crashedAt;
    },
    arm: () => {
      armed = true;
    },
    end: () => {
      armed = false;
    },
    reach(point) {
      if (!armed) return;
      reached += 1;
      if (reached < place) return;
      if (crashedAt === null) {
        crashedAt = point;
        onCrash();
      }
      throw new Error(`the process ended at ${crashedAt}`);
    },
  };
};

const writes: readonly string[] = [
  "commit",
  "import",
  "prune",
  "renew",
  "retire",
  "putOutput",
] satisfies (keyof Store)[];

/**
 * A store that reaches a crash before and after each of its writes, and whatever its own `faults` reach in between. For one whose
 * writes are each a single step, as those in memory are: `open` of the subject is then the store itself, after `end`.
 */
export const withCrash = (store: Store, crash: Crash): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      const call = (...args: readonly unknown[]): unknown => Reflect.apply(member, target, args);
      if (!writes.includes(String(name))) return call;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        crash.reach(`before ${String(name)}`);
        const answer = await call(...args);
        crash.reach(`after ${String(name)}`);
        return answer;
      };
    },
  });
