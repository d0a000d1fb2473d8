import { HoldfastError } from "@holdfast/core";

import type { Failure, FailureClass } from "@holdfast/core/event";

const maxMessageLength = 2_000;

/** What a provider threw, or put into its stream, as one of the closed classes of failures. */
export const toFailure = (error: unknown): Failure => {
  const message = messageOf(error).slice(0, maxMessageLength).toWellFormed();
  return { class: classOf(error, message), message };
};

const messageOf = (error: unknown): string => {
  if (error instanceof Error) return error.message;
  if (typeof error === "string") return error;
  // An error in mid-stream is the provider's raw object.
  const nested = property(error, "message") ?? property(property(error, "error"), "message");
  return typeof nested === "string" ? nested : (JSON.stringify(error) ?? String(error));
};

const classOf = (error: unknown, message: string): FailureClass => {
  if (HoldfastError.isInstance(error)) return classOfOurs(error.code);
  const status = property(error, "statusCode");
  if (/context.{0,20}(length|window|limit)|maximum context|too many tokens/i.test(message)) return "context-overflow";
  if (typeof status === "number") {
    const known = classOfStatus(status);
    if (known !== undefined) return known;
  }
  // A reset connection throws an API error with status 200 (measured): it broke on the way.
  return isTransport(error) ? "transport" : "invalid-request";
};

const classOfOurs = (code: string): FailureClass => {
  if (code.startsWith("model.")) return "model-unavailable";
  return code === "location.not-found" ? "location-unavailable" : "defect";
};

const classOfStatus = (status: number): FailureClass | undefined => {
  if (status === 429) return "rate-limit";
  if (status === 401 || status === 403) return "authentication";
  if (status >= 500) return "overloaded";
  if (status >= 400) return "invalid-request";
  return undefined;
};

const isTransport = (error: unknown): boolean =>
  property(error, "isRetryable") === true || property(error, "code") !== undefined || error instanceof TypeError;

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && name in value
    ? (value as { readonly [name: string]: unknown })[name]
    : undefined;
