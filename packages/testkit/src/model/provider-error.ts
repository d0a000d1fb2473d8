import { APICallError } from "@ai-sdk/provider";

const url = "https://model.invalid/v1/chat/completions";

/** What a provider's refusal says. */
export interface ProviderErrorOptions {
  /** HTTP status of the answer. */
  readonly status: number;
  readonly message?: string;
  /** Value of the `retry-after` header. */
  readonly retryAfter?: string;
  readonly body?: string;
}

/** The error with which a provider refuses a request: 429 and 5xx are retryable, as the SDK judges them. For `refuse`. */
export const providerError = ({ status, message, retryAfter, body }: ProviderErrorOptions): APICallError =>
  new APICallError({
    message: message ?? `The provider answered ${status}`,
    url,
    requestBodyValues: {},
    statusCode: status,
    ...(retryAfter === undefined ? {} : { responseHeaders: { "retry-after": retryAfter } }),
    ...(body === undefined ? {} : { responseBody: body }),
  });

/** The error of a connection that broke in mid-stream, or that was aborted: retryable, and with the status of its start, 200. */
export const brokenStream = (message: string, cause?: unknown): APICallError =>
  new APICallError({ message, url, requestBodyValues: {}, statusCode: 200, isRetryable: true, cause });
