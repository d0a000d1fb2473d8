/** Anything that was thrown, in words, whatever it is: tools and providers throw more than errors. */
export const reasonOf = (thrown: unknown): string => {
  try {
    if (!(thrown instanceof Error)) return String(thrown);
    const cause = thrown.cause instanceof Error ? `: ${thrown.cause.message}` : "";
    return `${thrown.message}${cause}`;
  } catch {
    // An object without a prototype, or whose toString throws: there is nothing to be said of it.
    return "something that cannot be put into words";
  }
};
