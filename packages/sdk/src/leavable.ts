/**
 * A generator that can be left while somebody waits for its next item. By itself it takes no `return` before its pending step has come
 * to an end, which may be never: `leave` must end that.
 */
export const leavable = <T>(
  items: AsyncGenerator<T, void, undefined>,
  leave: () => void,
): AsyncGenerator<T, void, undefined> => ({
  next: () => items.next(),
  return: () => {
    leave();
    return items.return();
  },
  throw: (reason: unknown) => {
    leave();
    return items.throw(reason);
  },
  [Symbol.asyncIterator]() {
    return this;
  },
  [Symbol.asyncDispose]: async () => {
    leave();
    await items.return();
  },
});
