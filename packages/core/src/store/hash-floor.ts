import { canonicalJson } from "../json/canonical.ts";

import type { JsonValue } from "../json/json-value.ts";
import type { Hash } from "../ports/hash.ts";
import type { Floor } from "./floor.ts";

/**
 * The hash of a floor's record. No event binds what the record says beside its own `hash`: who has this hash and the log's head from
 * whom he trusts, and compares both, knows that a pruned session is the one that was exported.
 */
export const hashFloor = (floor: Floor, hash: Hash): string => {
  const { compaction, context, ...rows } = floor.rows;
  // Tables that came later count where they hold something, so that the hash of an older export stays right.
  const later = {
    ...(compaction.length === 0 ? {} : { compaction }),
    ...(context.length === 0 ? {} : { context }),
  };
  return hash(canonicalJson({ ...floor, rows: { ...rows, ...later } } as unknown as JsonValue));
};
