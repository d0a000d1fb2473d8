import type { Failure } from "@holdfast/core/event";

/** Ends the reading of an answer from our side, with what the attempt's failure is. */
export class AttemptFailed extends Error {
  override readonly name = "AttemptFailed";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
