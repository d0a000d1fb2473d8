import type { JsonObject } from "@holdfast/core";

const intervalMs = 100;
const maxCharacters = 4_000;

/**
 * Shows output to who watches while it is produced: at most ten fragments a second, each the latest 4,000 characters. What comes
 * faster than that is left out here; the result has it.
 */
export class ProgressFeed implements Disposable {
  readonly #show: (update: JsonObject) => void;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #pending = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(show: (update: JsonObject) => void) {
    this.#show = show;
  }

  push(piece: Uint8Array): void {
    this.#pending = (this.#pending + this.#decoder.decode(piece, { stream: true })).slice(-maxCharacters);
    this.#timer ??= setTimeout(() => this.#flush(), intervalMs);
  }

  /** Shows what is left. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#flush();
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#pending === "") return;
    const output = this.#pending.replaceAll("\0", "\uFFFD").toWellFormed();
    this.#pending = "";
    this.#show({ output });
  }
}
