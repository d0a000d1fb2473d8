import { HoldfastError } from "../errors/holdfast-error.ts";

/**
 * How many rows a page may hold, and after which place it begins, as numbers that SQL takes for what they say: to SQLite a negative
 * limit is none at all.
 *
 * @throws argument.invalid for a limit that is no whole number from 1, or a place that is no whole number.
 */
export const assertPage = ({ limit, after = -1 }: { readonly limit: number; readonly after?: number }): void => {
  if (!Number.isSafeInteger(limit) || limit < 1) throw invalid("limit", "a whole number from 1", limit);
  if (!Number.isSafeInteger(after)) throw invalid("after", "a whole number, -1 for the beginning", after);
};

/** @throws argument.invalid for a window whose offset or limit is no whole number. */
export const assertWindow = (window: { readonly offset: number; readonly limit: number }): void => {
  for (const name of ["offset", "limit"] as const) {
    if (!Number.isSafeInteger(window[name])) throw invalid(name, "a whole number of bytes", window[name]);
  }
};

const invalid = (name: string, expected: string, found: number): HoldfastError<"argument.invalid"> =>
  new HoldfastError("argument.invalid", {
    message: `Expected ${name} to be ${expected}, found ${String(found)}.`,
    data: { argument: name, found: String(found) },
  });
