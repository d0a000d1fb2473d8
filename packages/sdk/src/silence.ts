/** How long a connection may say nothing, in milliseconds: a server says something each 15 s (PROTOCOL 4.3). */
const longestMs = 45_000;

/** Ends a connection that has fallen silent, as those do whose other end is gone without a word. Ended with the connection, which it closes. */
export class Silence {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the connection says next. A reader who takes its time is no silence: only a wait counts. */
  async broken<T>(next: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#controller.abort(), longestMs);
    try {
      return await next;
    } finally {
      clearTimeout(timer);
    }
  }

  // No disposable: not every browser knows them.
  end(): void {
    this.#controller.abort();
  }
}
