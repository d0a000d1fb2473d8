import { createParser } from "eventsource-parser";

import type { EventSourceMessage } from "eventsource-parser";

/** The frames of one connection, as many at a time as have come. Nothing is read ahead: who does not ask holds the server back. */
export class EventFrames {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #decoder = new TextDecoder();
  readonly #arrived: EventSourceMessage[] = [];
  readonly #parser = createParser({ onEvent: (frame) => this.#arrived.push(frame) });

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = body.getReader();
  }

  /** The next frames, none where only a part or a comment came; null at the end. A frame that is cut is none. Rejects where the way broke. */
  async next(): Promise<readonly EventSourceMessage[] | null> {
    const { done, value } = await this.#reader.read();
    if (done) return null;
    this.#parser.feed(this.#decoder.decode(value, { stream: true }));
    return this.#arrived.splice(0);
  }
}
