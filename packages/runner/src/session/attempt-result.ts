import type { AttemptStatus, Failure, Usage } from "@holdfast/core/event";
import type { RetryAdvice } from "../model/retry-advice.ts";

/** What came of one provider request. */
export interface AttemptResult {
  readonly status: AttemptStatus;
  readonly finish: string | undefined;
  readonly failure: Failure | undefined;
  readonly advice: RetryAdvice;
  readonly usage: Usage;
  /** Whether the provider did not say what was used. */
  readonly isEstimated: boolean;
}
