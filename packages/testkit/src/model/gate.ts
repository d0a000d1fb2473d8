/** A point that a script waits at until a test opens it: `wait(gate.opened)`. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** A closed gate. Once open, it stays open. */
export const createGate = (): Gate => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
};
