import { shownLimits } from "@holdfast/core/tool";

import type { PathService } from "../paths/path-service.ts";

/** What of a search a host may choose. */
export interface SearchOptions {
  /** Default: those of this machine. */
  readonly paths?: PathService | undefined;
  readonly searchTimeoutMs?: number | undefined;
}

/** The bounds of every search. */
export const searchLimits = { results: 100, mostResults: 1_000, timeoutMs: 20_000 } as const;

// The runtime bounds every result again. One with its notes stays below that, or its middle would be taken out.
const maxBytes = shownLimits.bytes - 2_048;
const maxLines = shownLimits.lines - 8;

/** The first of some results that can be shown whole. `costOf` says what one takes after the one before. */
export const shownWithin = <T>(
  items: readonly T[],
  costOf: (item: T, before: T | undefined) => { readonly bytes: number; readonly lines: number },
): readonly T[] => {
  let [bytes, lines] = [0, 0];
  const end = items.findIndex((item, index) => {
    const cost = costOf(item, items[index - 1]);
    bytes += cost.bytes;
    lines += cost.lines;
    return bytes > maxBytes || lines > maxLines;
  });
  return end < 0 ? items : items.slice(0, end);
};

/** What the model is told where a result is not all, or nothing. */
export const describeCut = (
  {
    truncated,
    timedOut,
    incomplete,
    ...found
  }: {
    readonly truncated: boolean;
    readonly timedOut: boolean;
    readonly incomplete: boolean;
    readonly matches: readonly unknown[];
  },
  what: string,
): readonly string[] => {
  const { length } = found.matches;
  const notes = [
    ...(length === 0 && !timedOut ? [`There are no ${what}.`] : []),
    ...(truncated ? [`These are the first ${length} ${what}; there are more. Narrow the search to see others.`] : []),
    ...(timedOut ? [`The search took too long and was ended, so there may be more ${what}. Narrow it.`] : []),
    ...(incomplete ? ["Some files could not be read and were left out."] : []),
  ];
  return notes.length === 0 ? [] : [...(length === 0 ? [] : [""]), `(${notes.join(" ")})`];
};
