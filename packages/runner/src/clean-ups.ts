// Node 22, where the packages run, has neither DisposableStack nor AsyncDisposableStack.

/** What is to be done at an end: once, in reverse order, each part also where another one fails. */
export class CleanUps implements Disposable {
  #parts: (() => void)[] | undefined = [];

  /** Whether it was done. */
  get done(): boolean {
    return this.#parts === undefined;
  }

  /** Adds a part. Returns what is disposed of, as it is. */
  use<T extends Disposable>(disposable: T): T {
    this.defer(() => disposable[Symbol.dispose]());
    return disposable;
  }

  defer(part: () => void): void {
    this.#parts?.push(part);
  }

  [Symbol.dispose](): void {
    const parts = this.#parts ?? [];
    this.#parts = undefined;
    const failures: unknown[] = [];
    for (const part of parts.toReversed()) {
      try {
        part();
      } catch (error) {
        failures.push(error);
      }
    }
    throwAll(failures);
  }
}

/** The same, where parts take their time: each is waited for before the next. */
export class AsyncCleanUps implements AsyncDisposable {
  readonly #parts: (() => Promise<void> | void)[] = [];
  #cleaning: Promise<void> | undefined;

  defer(part: () => Promise<void> | void): void {
    this.#parts.push(part);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#cleaning ??= this.#clean();
    return this.#cleaning;
  }

  async #clean(): Promise<void> {
    const failures: unknown[] = [];
    for (const part of this.#parts.toReversed()) {
      try {
        await part();
      } catch (error) {
        failures.push(error);
      }
    }
    throwAll(failures);
  }
}

const throwAll = (failures: readonly unknown[]): void => {
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, "several parts could not be cleaned up");
};
