import type { Failure, FailureClass } from "@holdfast/core/event";

/** What a provider's error is to a session, as far as a fake tells them apart. */
export const toFailure = (error: unknown): Failure => ({
  class: classOf(error),
  message: error instanceof Error ? error.message.slice(0, 4_000) : "The answer broke off.",
});

const classOf = (error: unknown): FailureClass => {
  const status = typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : undefined;
  if (status === 401 || status === 403) return "authentication";
  if (status === 429) return "rate-limit";
  if (typeof status === "number" && status >= 500) return "overloaded";
  return typeof status === "number" && status >= 400 ? "invalid-request" : "incomplete-stream";
};
