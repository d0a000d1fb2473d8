/** What work comes to; rejects with the signal's reason where that aborts first. */
export const untilAborted = async <T>(work: Promise<T> | T, signal: AbortSignal): Promise<T> => {
  // What is left behind may still fail, and nobody hears it.
  if (signal.aborted) Promise.resolve(work).catch(() => {});
  signal.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true, signal: over.signal }),
  );
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
};
