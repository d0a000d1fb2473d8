/** What somebody's work comes to, waited for within a limit of real time. Rejects, and says what was late, where it is over. */
export const within = async <T>(what: string, limitMs: number, work: () => Promise<T> | T): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} did not end within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([Promise.resolve(work()), late]);
  } finally {
    clearTimeout(timer);
  }
};
