import type { SessionSnapshot } from "@holdfast/core/store";
import type { ExecutionOpening } from "./execution-opening.ts";

/** What shares the commit of a step's start. */
export interface StepStart {
  /** Whether the session would otherwise be idle, so that a queued input may open an activity. */
  readonly opening: boolean;
  /** How the execution itself is opened, where it is not. */
  readonly execution?: ExecutionOpening;
  /** What was read a moment ago, where it was. */
  readonly snapshot?: SessionSnapshot;
}
