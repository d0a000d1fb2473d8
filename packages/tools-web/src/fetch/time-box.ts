import { HoldfastError } from "@holdfast/core";

/** Ends what takes too long: a signal with the caller's own behind it. */
export interface TimeBox extends Disposable {
  /** Aborts with the caller's reason, or with fetch.timeout. */
  readonly signal: AbortSignal;
  /** The headers are there: the first deadline does not count any more. */
  reached(): void;
}

/** Opens a box of so many milliseconds in all, and so many until `reached`. */
export const openTimeBox = (
  { totalMs, firstMs, limitMs }: { readonly totalMs: number; readonly firstMs: number; readonly limitMs: number },
  outer: AbortSignal,
): TimeBox => {
  const controller = new AbortController();
  const end = (message: string) => () => controller.abort(new HoldfastError("fetch.timeout", { message }));
  const total = setTimeout(
    end(`Expected the whole answer within ${limitMs} ms, and it was not there. Try again, or allow more time.`),
    Math.max(0, totalMs),
  );
  const first = setTimeout(
    end(`Expected the beginning of an answer within ${firstMs} ms, and nothing came. Try again later.`),
    firstMs,
  );
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    reached: () => clearTimeout(first),
    [Symbol.dispose]: () => {
      clearTimeout(total);
      clearTimeout(first);
    },
  };
};
