/** How often a call is made again. */
export const mostRetries = 4;
/** The longest that a server is left alone because it said so, in milliseconds: what wants longer is passed on. */
export const longestAfterMs = 30_000;

/** How long to pause after some failures in a row (0 for the first): up to twice as long each time, and anywhere below, so that clients scatter. */
export const pauseMs = (
  failures: number,
  random: () => number,
  { firstMs, afterMs = 0 }: { readonly firstMs: number; readonly afterMs?: number | undefined },
): number => afterMs + Math.round(random() * Math.min(10_000, firstMs * 2 ** Math.min(failures, 20)));
