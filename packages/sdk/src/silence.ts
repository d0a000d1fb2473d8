/** How long a connection may say nothing, in milliseconds: a server says something each 15 s (PROTOCOL 4.3). */
const longestMs = 45_000;

/** Ends a connection that has fallen silent, as those do whose other end is gone without a word. Ended with the connection, which it closes. */
export class Silence {
  readonly #controller = new AbortController();
  #timer = this.#start();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on, anew. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  // No disposable: not every browser knows them.
  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  #start() {
    return setTimeout(() => this.#controller.abort(), longestMs);
  }
}
