import type { ReplayPolicy } from "../../event/tool-events.ts";

/**
 * From the strictest to the freest: `never` acts no more; `probe` looks, and acts only on what it saw; `keyed` acts again and relies on
 * a service that recognises the key; `safe` relies on nothing.
 */
const rank: Readonly<Record<ReplayPolicy, number>> = { never: 0, probe: 1, keyed: 2, safe: 3 };

/** The stricter of two replay policies: what a tool said when its call began, and what it says today. */
export const stricterReplay = (left: ReplayPolicy, right: ReplayPolicy): ReplayPolicy =>
  rank[left] <= rank[right] ? left : right;
