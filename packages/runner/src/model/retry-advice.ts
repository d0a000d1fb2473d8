import { AttemptFailed } from "./attempt-failed.ts";
import { member } from "./member.ts";

/** What a failure says of making the request again. */
export interface RetryAdvice {
  /** How long to wait before, in milliseconds. */
  readonly afterMs?: number;
  /** That it would come to the same again. */
  readonly isFinal?: true;
}

/**
 * What a provider's error says of making the request again: its headers `retry-after` (seconds or an HTTP date, RFC 9110, 10.2.3),
 * `retry-after-ms` and `x-should-retry`, and a quota that is used up, which providers tell by the status of a rate limit. Never throws.
 *
 * @param nowMs The wall clock, which a date is compared with.
 */
export const retryAdvice = (error: unknown, nowMs: number): RetryAdvice => {
  try {
    if (error instanceof AttemptFailed) return error.isFinal ? { isFinal: true } : {};
    const headers = member(error, "responseHeaders");
    if (member(headers, "x-should-retry") === "false" || isQuotaUsedUp(error)) return { isFinal: true };
    const afterMs = numberIn(member(headers, "retry-after-ms")) ?? retryAfterMs(member(headers, "retry-after"), nowMs);
    return afterMs === undefined ? {} : { afterMs };
  } catch {
    // A getter or a proxy of the provider's that threw: then it advises nothing.
    return {};
  }
};

const retryAfterMs = (value: unknown, nowMs: number): number | undefined => {
  const seconds = numberIn(value);
  if (seconds !== undefined) return seconds * 1_000;
  const date = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
};

const numberIn = (value: unknown): number | undefined =>
  typeof value === "string" && /^\s*\d{1,15}(?:\.\d*)?\s*$/.test(value) ? Number(value) : undefined;

const isQuotaUsedUp = (error: unknown): boolean =>
  [error, member(error, "error"), member(error, "data"), member(member(error, "data"), "error")].some((one) =>
    [member(one, "code"), member(one, "type")].includes("insufficient_quota"),
  );
