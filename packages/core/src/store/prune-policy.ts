import { HoldfastError } from "../errors/holdfast-error.ts";

/** What a pruning leaves. It names `keepEvents`, `keepMs` or both, and both bind; `keepEvents: 0` lets everything go that is settled. */
export interface PrunePolicy {
  /** Epoch milliseconds. Needed with `keepMs`. */
  readonly now?: number;
  /** At least this many of the log's last events stay. */
  readonly keepEvents?: number;
  /** Whatever was decided within this time stays, and all after it. */
  readonly keepMs?: number;
  /** After this many events, the next floor that can be ends the plan, so that plans stay small. Default 5,000. */
  readonly maxEvents?: number;
  /** After this many bytes of events and their texts, the next floor that can be ends the plan. Default 16 MiB. */
  readonly maxBytes?: number;
}

/** Where a plan ends. */
export interface PruneLimits {
  /** No floor is above. */
  readonly seq: number;
  /** No floor is above an event that was decided later. */
  readonly time: number;
  /** With so many events above the floor before, a floor that was found is the floor. */
  readonly events: number;
  readonly bytes: number;
}

/**
 * Refuses a policy that says less than what it removes: nothing that is pruned comes back.
 *
 * @throws argument.invalid
 */
export const assertPolicy = (policy: PrunePolicy | undefined): void => {
  if (policy === undefined) throw invalid("a prune policy", undefined);
  const { now, keepEvents, keepMs } = policy;
  for (const name of ["keepEvents", "keepMs", "maxEvents", "maxBytes"] as const) {
    const value: unknown = policy[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) >= 0)) {
      throw invalid(`${name} of a prune policy to be a whole number from 0`, value);
    }
  }
  if (keepEvents === undefined && keepMs === undefined) {
    throw invalid("a prune policy with keepEvents or keepMs (keepEvents: 0 for what keeps nothing)", undefined);
  }
  if (keepMs !== undefined && !Number.isFinite(now)) {
    throw invalid("a prune policy with keepMs to have the time in now, in epoch milliseconds", now);
  }
};

/** What a policy means for a log that ends at an event. */
export const limitsOf = (policy: PrunePolicy, headSeq: number): PruneLimits => {
  const { now = Infinity, keepEvents = 0, keepMs, maxEvents = 5_000, maxBytes = 16 * 1024 * 1024 } = policy;
  return {
    seq: headSeq - keepEvents,
    time: keepMs === undefined ? Infinity : now - keepMs,
    events: maxEvents,
    bytes: maxBytes,
  };
};

const invalid = (expected: string, found: unknown): HoldfastError<"argument.invalid"> =>
  new HoldfastError("argument.invalid", {
    message: `Expected ${expected}, found ${typeof found === "number" ? found : typeof found}. Nothing was removed.`,
    data: { method: "prune" },
  });
