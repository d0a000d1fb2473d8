import { HoldfastError } from "@holdfast/core";

/** The error of a plan that checks an identity and admits nothing under it: a defect of whoever made it. */
export const admissionWithoutEvent = (sessionId: string, messageId: string): HoldfastError<"event.invalid-data"> =>
  new HoldfastError("event.invalid-data", {
    message: `Expected an input.admitted event of message ${messageId} in the plan that admits it, found none. Put both into one plan.`,
    data: { type: "input.admitted", sessionId },
  });

/** The error of every method after disposal. */
export const storeClosed = (): HoldfastError<"store.closed"> =>
  new HoldfastError("store.closed", {
    message:
      "Expected an open store, found one that was disposed of. Open another, and await what you began before disposing.",
  });
