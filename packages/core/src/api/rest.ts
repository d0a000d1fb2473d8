import type { ExecutionOutcome } from "../event/execution-events.ts";

/**
 * How a session came to rest. `parked`: there is something to go on with, and nobody here does it without consent: an execution whose
 * owner is gone, or inputs whose process died before it took them up. `replica`: it came from another store and was not released.
 * `deleted`: it is gone for good.
 */
export type Rest = ExecutionOutcome | "parked" | "idle" | "replica" | "deleted";
