import type { Clock } from "@holdfast/core";

/** How long somebody else's code may take, and what is said where it takes longer. */
export interface AnswerLimit {
  readonly clock: Clock;
  readonly limitMs: number;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal;
  readonly late: () => Error;
}

const over = new Error("the wait is over");

/**
 * What a host's or a plugin's function answers, waited for within a limit. One that is late runs on unheard, and what it still throws
 * is nobody's.
 */
export const answerWithin = async <T>(run: () => Promise<T> | T, limit: AnswerLimit): Promise<T> => {
  const { clock, limitMs, signal, late } = limit;
  signal?.throwIfAborted();
  const answer = Promise.resolve(run());
  const ending = new AbortController();
  const end = (): void => ending.abort(signal?.reason);
  signal?.addEventListener("abort", end, { once: true });
  const tooLate = clock.sleep(limitMs, ending.signal).then(() => {
    throw late();
  });
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    signal?.removeEventListener("abort", end);
    // With a reason of its own: making an error for each wait costs more than the wait.
    ending.abort(over);
  }
};
