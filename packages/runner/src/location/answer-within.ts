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
  const startedAt = clock.monotonic();
  const answer = run();
  if (!isPromise(answer) || (await isThere(answer))) return answer;
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

const isPromise = <T>(answer: Promise<T> | T): answer is Promise<T> =>
  typeof answer === "object" && answer !== null && "then" in answer;

const soon = Promise.resolve();

/** Whether a promise is settled right away. Most are, and a timer costs more than all else of a wait. */
const isThere = async (answer: Promise<unknown>): Promise<boolean> => {
  const state = { isSettled: false };
  const settle = (): void => void (state.isSettled = true);
  answer.then(settle, settle);
  for (let tries = 0; tries < 3 && !state.isSettled; tries++) await soon;
  return state.isSettled;
};
