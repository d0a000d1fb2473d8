/** What plugins answer, unless the signal aborts before: then this rejects with its reason, and what they still answer is nobody's. */
export const unlessAborted = async <T>(answer: Promise<T>, signal: AbortSignal): Promise<T> => {
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(signal.reason);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    return await Promise.race([answer, ended.promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
};
