import type { Failure } from "@holdfast/core/event";

/** Ends the reading of an answer from our side, with what the attempt's failure is. */
export class AttemptFailed extends Error {
  override readonly name = "AttemptFailed";
  readonly failure: Failure;
  /** Whether another attempt would come to the same. */
  readonly isFinal: boolean;

  constructor(failure: Failure, { isFinal = false }: { readonly isFinal?: boolean } = {}) {
    super(failure.message);
    this.failure = failure;
    this.isFinal = isFinal;
  }
}
