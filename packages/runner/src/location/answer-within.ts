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
  limit.signal?.throwIfAborted();
  const startedAt = limit.clock.monotonic();
  const answer = run();
  return isPromise(answer) ? await inTime(answer, startedAt, limit) : answer;
};

/** Whether an answer has to be waited for. */
export const isPromise = <T>(answer: Promise<T> | T): answer is Promise<T> =>
  typeof answer === "object" && answer !== null && "then" in answer && typeof answer.then === "function";

const soon = Promise.resolve();

/** What an answer comes to that was asked for at some time of the monotonic clock. */
export const inTime = async <T>(answer: Promise<T>, startedAt: number, limit: AnswerLimit): Promise<T> => {
  const state: { answer?: { readonly is: T }; isSettled: boolean } = { isSettled: false };
  const settle = (found?: { readonly is: T }): void => {
    state.isSettled = true;
    if (found !== undefined) state.answer = found;
  };
  answer.then(
    (is) => settle({ is }),
    () => settle(),
  );
  // Most are there right away, and a timer costs more than all else of a wait.
  for (let tries = 0; tries < 3 && !state.isSettled; tries++) await soon;
  if (state.answer !== undefined) return state.answer.is;
  return state.isSettled ? await answer : await race(answer, startedAt, limit);
};

const race = async <T>(answer: Promise<T>, startedAt: number, limit: AnswerLimit): Promise<T> => {
  const { clock, limitMs, signal, late } = limit;
  const ending = new AbortController();
  const end = (): void => ending.abort(signal?.reason);
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted === true) end();
  const tooLate = clock.sleep(limitMs - (clock.monotonic() - startedAt), ending.signal).then(() => {
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
