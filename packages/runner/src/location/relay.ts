/** How a relay is bounded, and who is told of what was lost. */
export interface RelayOptions {
  /** How many items may wait. */
  readonly capacity: number;
  /** Called when items begin to be dropped. */
  readonly onDropping: () => void;
  /** Called with how many were dropped, when the receiver has caught up or is given up. */
  readonly onDropped: (count: number) => void;
}

/**
 * Hands items to one receiver, one after the other, in order. Whoever offers never waits: where the receiver is too slow, what comes is
 * dropped until there is room again.
 */
export class Relay<T> {
  readonly #receive: (item: T) => Promise<void>;
  readonly #options: RelayOptions;
  #waiting: T[] = [];
  #dropped = 0;
  #closed = false;
  #running: Promise<void> | undefined;

  /** @param receive Must not reject. */
  constructor(receive: (item: T) => Promise<void>, options: RelayOptions) {
    this.#receive = receive;
    this.#options = options;
  }

  offer(item: T): void {
    if (this.#closed) return;
    if (this.#waiting.length < this.#options.capacity) {
      this.#waiting.push(item);
      this.#running ??= this.#run();
    } else if (++this.#dropped === 1) this.#options.onDropping();
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Drops what waits, and takes nothing more. */
  close(): void {
    this.#closed = true;
    this.#dropped += this.#waiting.length;
    this.#waiting = [];
    this.#report();
  }

  async #run(): Promise<void> {
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) await this.#receive(item);
    this.#running = undefined;
    this.#report();
  }

  #report(): void {
    if (this.#dropped > 0) this.#options.onDropped(this.#dropped);
    this.#dropped = 0;
  }
}
