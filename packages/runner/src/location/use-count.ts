/** Counts who uses something now, for whoever waits until nobody does. */
export class UseCount {
  #count = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  get count(): number {
    return this.#count;
  }

  /** Counts one more, until `leave` is called for it. */
  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** Counts one more, until what is returned is disposed of: once. */
  take(): Disposable {
    this.enter();
    let isTaken = true;
    return {
      [Symbol.dispose]: () => {
        if (isTaken) this.leave();
        isTaken = false;
      },
    };
  }

  /** Resolves when nobody uses it: at once, where nobody does. */
  async idle(): Promise<void> {
    while (this.#count > 0) {
      this.#idle ??= Promise.withResolvers<void>();
      await this.#idle.promise;
    }
  }
}
