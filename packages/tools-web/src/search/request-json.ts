import { HoldfastError, parseJson } from "@holdfast/core";

import type { JsonValue } from "@holdfast/core";
import type { GuardedResponse } from "../fetch/guarded-fetch.ts";
import type { SearchContext } from "./search-backend.ts";

/** One request of a search service. */
export interface JsonRequest {
  /** The service's name, for errors. */
  readonly service: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST, where there is one. */
  readonly body?: JsonValue | undefined;
  readonly timeoutMs: number;
}

const maxBytes = 256 * 1024;

/**
 * Asks a search service and returns the JSON of its answer. Neither its body nor what was sent stands in an error: services repeat keys.
 *
 * @throws search.unauthorized, search.rate-limited, search.failed, and what the guarded fetch throws.
 */
export const requestJson = async (
  { service, url, headers, body, timeoutMs }: JsonRequest,
  { guard, signal }: SearchContext,
): Promise<JsonValue> => {
  await using response = await guard.open(url, {
    signal,
    timeoutMs,
    maxBytes,
    redirects: 0,
    headers: {
      accept: "application/json",
      ...headers,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { method: "POST" as const, body: JSON.stringify(body) }),
  });
  assertStatus(response, service);
  const parsed = parseJson((await response.bytes()).toString("utf8"));
  if (parsed.ok) return parsed.value;
  throw unexpected(service, "something that is no JSON");
};

/** An answer that does not fit. */
export const unexpected = (service: string, found: string): HoldfastError<"search.failed"> =>
  new HoldfastError("search.failed", {
    message: `Expected results of ${service} as its interface describes them, found ${found}. Try again later.`,
    data: { service },
  });

const assertStatus = ({ status, header }: Pick<GuardedResponse, "status" | "header">, service: string): void => {
  if (status >= 200 && status <= 299) return;
  if (status === 401 || status === 403) {
    throw new HoldfastError("search.unauthorized", {
      message: `Expected ${service} to accept its key, found status ${status}. Whoever runs this host must look at the key.`,
      data: { service, status },
    });
  }
  if (status === 429) {
    const seconds = Number(header("retry-after") ?? Number.NaN);
    const isKnown = Number.isFinite(seconds) && seconds >= 0 && seconds <= 86_400;
    throw new HoldfastError("search.rate-limited", {
      message: `Expected ${service} to take a request, found status 429: too many. Try again ${isKnown ? `in ${Math.ceil(seconds)} s` : "later"}.`,
      data: { service, ...(isKnown ? { retryAfterMs: Math.ceil(seconds) * 1_000 } : {}) },
    });
  }
  throw unexpected(service, `status ${status}`);
};
