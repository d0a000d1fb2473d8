import { errorCatalogue, HoldfastError } from "@holdfast/core/errors";

import type { ErrorCode, ErrorData } from "@holdfast/core/errors";

/** A problem as the server tells it (PROTOCOL 3.1), as far as it does. */
export interface Problem {
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly code: string;
  readonly data?: ErrorData;
  readonly retryable?: boolean;
  readonly reference?: string;
}

/** Whether what was read is a problem. */
export const isProblem = (value: unknown): value is Problem =>
  typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";

/** The error that the server met, made again. What stands only in its log is found there by `data.reference`. */
export const toError = (problem: Problem): HoldfastError =>
  Object.hasOwn(errorCatalogue, problem.code)
    ? new HoldfastError(problem.code as ErrorCode, optionsOf(problem))
    : new ServerError(problem);

/** An error whose code this version does not know: a newer server's, or `internal`. It is what the server says that it is. */
class ServerError extends HoldfastError {
  readonly #problem: Problem;

  constructor(problem: Problem) {
    super(problem.code as ErrorCode, optionsOf(problem));
    this.#problem = problem;
  }

  override get status(): number {
    return this.#problem.status ?? 500;
  }

  override get retryable(): boolean {
    return this.#problem.retryable ?? false;
  }
}

const optionsOf = ({ title, detail, data, reference, code }: Problem) => ({
  message: detail ?? title ?? code,
  data: reference === undefined ? data : { ...data, reference },
});
