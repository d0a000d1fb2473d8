import { HoldfastError } from "@holdfast/core/errors";

import { isProblem, toError } from "./server-error.ts";

/** What one request came to. */
export type Attempt<T> =
  | { readonly value: T }
  | {
      readonly error: HoldfastError;
      /** Whether the way failed, or the server could not look at it: the same request may succeed. What the facade refuses is none of these. */
      readonly isPassing: boolean;
      /** How long the server wants to be left alone, in milliseconds. */
      readonly afterMs?: number;
    };

/** Statuses by which what stands before a server says that it cannot be had now. */
const passing: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** What a response that is no success says. */
export const toRefusal = async (response: Response): Promise<Attempt<never>> => {
  const body = parsed(await response.text());
  const after = retryAfterMs(response);
  const wanted = after === undefined ? {} : { afterMs: after };
  if (!isProblem(body)) {
    const error = badAnswer(`the status ${response.status} without a problem`, { status: response.status });
    return { error, isPassing: passing.has(response.status), ...wanted };
  }
  const error = toError(body);
  return { error, isPassing: error.retryable && error.code.startsWith("http."), ...wanted };
};

/** The value of a response of JSON. */
export const readJson = async (response: Response): Promise<Attempt<unknown>> => {
  const value = parsed(await response.text());
  return value === undefined ? { error: badAnswer("what is no JSON", {}), isPassing: false } : { value };
};

/** The error for what no server of Holdfast would say. */
export const badAnswer = (found: string, data: { readonly status?: number }): HoldfastError =>
  new HoldfastError("http.bad-answer", {
    message: `Expected an answer of a Holdfast server, found ${found}. Look at baseUrl, and at what stands between.`,
    data,
  });

/** The error for a request that got no answer, or none to its end. */
export const unreachable = (route: string, cause: unknown): HoldfastError =>
  new HoldfastError("http.unreachable", {
    message: `${route}: expected an answer, and the connection failed or fell silent (${String(cause)}). See that the server runs; whether it did what was asked is not known.`,
    cause,
  });

/** What a text says as JSON; undefined for what is none, which JSON never is. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const retryAfterMs = ({ headers }: Response): number | undefined => {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
};
