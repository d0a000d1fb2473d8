import { toChunk } from "./frame-queue.ts";

import type { Chunk } from "./frame-queue.ts";

/** Frames of a batch that go out before its tick is over: they would be held twice, as text and as bytes. */
const mostFrames = 500;
const mostLength = 256 * 1024;

/** Frames that come in one turn of the event loop, put together: one chunk, however many they are. */
export class FrameBatch {
  readonly #emit: (chunk: Chunk) => void;
  #text = "";
  #frames = 0;
  #scheduled: NodeJS.Immediate | undefined;

  constructor(emit: (chunk: Chunk) => void) {
    this.#emit = emit;
  }

  /** Whether so much waits that the reader should let others run. */
  get isFull(): boolean {
    return this.#frames >= mostFrames || this.#text.length >= mostLength;
  }

  add(frame: string): void {
    this.#text += frame;
    this.#frames += 1;
    this.#scheduled ??= setImmediate(() => this.flush());
  }

  /** Lets everything go now. */
  flush(): void {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#frames === 0) return;
    const chunk = toChunk(this.#text, this.#frames);
    this.#text = "";
    this.#frames = 0;
    this.#emit(chunk);
  }
}
