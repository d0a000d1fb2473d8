import { errorCatalogue } from "./catalogue.ts";

import type { JsonObject } from "../json/json-value.ts";
import type { ErrorCode, ErrorData } from "./catalogue.ts";

const brand = Symbol.for("holdfast.error");

/** What an error is made of. */
export interface HoldfastErrorOptions {
  /** What was expected, what was found, and what to do: whole sentences for a person. */
  readonly message: string;
  readonly data?: ErrorData | undefined;
  readonly cause?: unknown;
}

/** The one class of errors that Holdfast throws. Told apart by `code`, recognised by brand: two copies of core agree. */
export class HoldfastError<TCode extends ErrorCode = ErrorCode> extends Error {
  readonly [brand] = true;
  override readonly name = "HoldfastError";
  readonly code: TCode;
  readonly data: ErrorData;

  constructor(code: TCode, { message, data = {}, cause }: HoldfastErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.data = data;
  }

  /** HTTP status of the error's code. */
  get status(): number {
    return errorCatalogue[this.code].status;
  }

  /** Whether the same call, made again later, may succeed. */
  get retryable(): boolean {
    return errorCatalogue[this.code].retryable;
  }

  /** What crosses a wire or enters a log: no stack and no cause. */
  toJSON(): JsonObject {
    return { code: this.code, message: this.message, data: this.data };
  }

  /** Whether a value is an error of Holdfast, and of the given code if one is named. */
  static isInstance<TCode extends ErrorCode>(value: unknown, code?: TCode): value is HoldfastError<TCode> {
    if (typeof value !== "object" || value === null || !(brand in value)) return false;
    return code === undefined || ("code" in value && value.code === code);
  }
}
