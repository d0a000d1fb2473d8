/** A generator that can be left while somebody waits for its next item: `leave` must end that wait. */
export const leavable = <T>(
  items: AsyncGenerator<T, void, undefined>,
  leave: () => void,
): AsyncIterableIterator<T> => ({
  next: () => items.next(),
  return: () => {
    leave();
    return items.return();
  },
  [Symbol.asyncIterator]() {
    return this;
  },
});
