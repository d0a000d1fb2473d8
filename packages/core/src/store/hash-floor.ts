import { canonicalJson } from "../json/canonical.ts";

import type { JsonValue } from "../json/json-value.ts";
import type { Hash } from "../ports/hash.ts";
import type { Floor } from "./floor.ts";

/**
 * The hash of a floor's record. No event binds what the record says beside its own `hash`: who has this hash and the log's head from
 * whom he trusts, and compares both, knows that a pruned session is the one that was exported.
 */
export const hashFloor = (floor: Floor, hash: Hash): string => hash(canonicalJson(floor as unknown as JsonValue));
