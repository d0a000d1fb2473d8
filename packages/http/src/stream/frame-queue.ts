/** Frames that go out together, encoded once for however many streams. */
export interface Chunk {
  readonly bytes: Uint8Array;
  /** How many frames it holds. */
  readonly events: number;
}

/** Bounds of what waits for one client. */
export interface QueueLimits {
  readonly events: number;
  readonly bytes: number;
  readonly stallMs: number;
}

/**
 * Breaks an answer off that has begun, so that its client sees that it is not whole. Bodies that fail are not for Node's adapter: it writes
 * the error's message into them, and to the terminal.
 */
export type BreakOff = () => void;

const encoder = new TextEncoder();

/** Text as a chunk. */
export const toChunk = (text: string, events: number): Chunk => ({ bytes: encoder.encode(text), events });

/**
 * What waits for one client of an event stream, bounded in frames and in bytes. Who does not read is cut off when the bound is reached, or
 * when it has not read for long: it comes again with its cursor, and the server holds nothing for it meanwhile.
 */
export class FrameQueue {
  /** The body of the answer: it is handed what waits as it reads. */
  readonly body: ReadableStream<Uint8Array>;
  readonly #limits: QueueLimits;
  readonly #breakOff: BreakOff | undefined;
  readonly #closed = new AbortController();
  #chunks: Chunk[] = [];
  #next = 0;
  #events = 0;
  #bytes = 0;
  #ending = false;
  #wanted: (() => void) | undefined;
  #roomWanted: (() => void) | undefined;
  #quiet = true;
  #waitingSince: number | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  /** @param breakOff How the answer is broken off; where absent, its body fails. */
  constructor(limits: QueueLimits, breakOff?: BreakOff) {
    this.#limits = limits;
    this.#breakOff = breakOff;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: (controller) => this.#pull(controller),
        cancel: () => this.#close(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Aborts when nothing more is taken: the client has gone, was cut off, or was told everything. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** How full it is: 1 at its bound. */
  get fill(): number {
    return Math.max(this.#events / this.#limits.events, this.#bytes / this.#limits.bytes);
  }

  /** For how long what waits has not been read, in milliseconds. */
  get unreadMs(): number {
    return this.#waitingSince === undefined ? 0 : performance.now() - this.#waitingSince;
  }

  /** Takes frames. Where they do not fit, the client is cut off. */
  offer(chunk: Chunk): void {
    if (this.#ending || this.#closed.signal.aborted) return;
    const isFull =
      this.#events + chunk.events > this.#limits.events || this.#bytes + chunk.bytes.byteLength > this.#limits.bytes;
    if (isFull && this.#chunks.length > this.#next) {
      this.#cutOff();
      return;
    }
    this.#quiet = false;
    this.#chunks.push(chunk);
    this.#events += chunk.events;
    this.#bytes += chunk.bytes.byteLength;
    this.#waitingSince ??= performance.now();
    this.#wake();
  }

  /** Ends the body once what waits was read. */
  end(): void {
    this.#ending = true;
    this.#wake();
  }

  /** Resolves when there is room for more without the client being cut off, or when nothing is taken any more. */
  async room(): Promise<void> {
    while (this.fill > 0.25 && !this.#closed.signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#roomWanted = resolve;
      await promise;
    }
  }

  /** Says that the stream lives, where nothing else did since the last beat; and cuts off who has not read for too long. */
  beat(heartbeat: Chunk): void {
    if (this.unreadMs > this.#limits.stallMs) this.#cutOff();
    else if (this.#quiet && this.#chunks.length === this.#next) this.offer(heartbeat);
    this.#quiet = true;
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#chunks.length === this.#next && !this.#ending) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wanted = resolve;
      await promise;
    }
    if (this.#closed.signal.aborted) return;
    const chunk = this.#chunks[this.#next];
    if (chunk === undefined) {
      this.#close();
      controller.close();
      return;
    }
    this.#next += 1;
    this.#events -= chunk.events;
    this.#bytes -= chunk.bytes.byteLength;
    if (this.#next === this.#chunks.length) {
      this.#chunks = [];
      this.#next = 0;
      this.#waitingSince = undefined;
    } else this.#waitingSince = performance.now();
    controller.enqueue(chunk.bytes);
    if (this.fill <= 0.25) this.#giveRoom();
  }

  #cutOff(): void {
    if (this.#closed.signal.aborted) return;
    this.#close();
    if (this.#breakOff === undefined) this.#controller?.error(new Error("the client did not read, and was cut off"));
    else this.#breakOff();
  }

  #close(): void {
    this.#closed.abort();
    this.#chunks = [];
    this.#next = 0;
    this.#events = 0;
    this.#bytes = 0;
    this.#wake();
    this.#giveRoom();
  }

  #wake(): void {
    this.#wanted?.();
    this.#wanted = undefined;
  }

  #giveRoom(): void {
    this.#roomWanted?.();
    this.#roomWanted = undefined;
  }
}
