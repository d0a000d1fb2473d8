import { tooLarge } from "./fetch-error.ts";

import type { Socket } from "node:net";

const everyMs = 25;

/** Ends a connection over which more comes than any answer needs, such as the extension of a chunk without end. */
export class WireMeter implements Disposable {
  readonly #maxBytes: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  watch(socket: Socket): void {
    this.#timer = setInterval(() => {
      if (socket.bytesRead <= this.#maxBytes) return;
      const maxBytes = this.#maxBytes;
      socket.destroy(
        tooLarge(`Expected an answer of at most ${maxBytes} bytes with all that is around it, found more.`, {
          maxBytes,
        }),
      );
    }, everyMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
