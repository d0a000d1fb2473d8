import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What a process holds, by kind. */
export type Holdings = Readonly<Record<string, number>>;

/** What this process holds now: timers and handles that keep it alive, and listeners of the process itself. */
export const holdings = (): Holdings => {
  const found: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) found[kind] = (found[kind] ?? 0) + 1;
  for (const name of process.eventNames()) found[`listener of "${String(name)}"`] = process.listenerCount(name);
  // What the suite's own turn of the loop holds.
  delete found["Immediate"];
  return found;
};

/** What there is more of than before. */
export const leftovers = (before: Holdings, after: Holdings): readonly string[] =>
  Object.entries(after).flatMap(([kind, count]) => {
    const more = count - (before[kind] ?? 0);
    return more > 0 ? [`${kind}: ${more} more`] : [];
  });

/** How many of these can still be reached, after all that cannot was collected. */
export const reachable = async (refs: readonly WeakRef<object>[]): Promise<number> => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let count = 0;
  for (let round = 0; round < 5; round++) {
    // A weak reference that was read lives to the end of its turn of the loop.
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
    count = refs.filter((ref) => ref.deref() !== undefined).length;
    if (count === 0) break;
  }
  return count;
};
