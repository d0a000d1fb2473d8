import type { AttemptStatus, Failure, Usage } from "@holdfast/core/event";

/** What came of one provider request. */
export interface AttemptResult {
  readonly status: AttemptStatus;
  readonly finish: string | undefined;
  readonly failure: Failure | undefined;
  readonly usage: Usage;
}
