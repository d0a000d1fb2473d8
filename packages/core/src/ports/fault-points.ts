/**
 * Named places at which a test may stop, fail or kill the process. Production passes none, and `faults?.reach(…)` costs a
 * comparison.
 */
export interface FaultPoints {
  /** Called when the place is reached. May throw, stop or kill the process; returns to go on. */
  reach(point: string): void;
}
