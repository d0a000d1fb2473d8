import type { ExecutionOutcome } from "../event/execution-events.ts";

/** How a session came to rest. */
export type Rest = ExecutionOutcome | "parked" | "idle";
