import { characterBoundary } from "@holdfast/core/tool";

/** What was captured. */
export interface CapturedText {
  readonly text: string;
  /** How many bytes of the middle are not in it. */
  readonly omittedBytes: number;
}

/**
 * Keeps the beginning and the end of bytes that arrive in pieces, each up to a limit, and forgets the middle. Memory grows with what
 * is kept, not with what arrives.
 */
export class BoundedCapture {
  readonly #limit: number;
  #head = Buffer.alloc(0);
  #headLength = 0;
  /** A ring: once it is full, the oldest byte is at `#at`. */
  #tail = Buffer.alloc(0);
  #at = 0;
  #tailTotal = 0;

  /** @param limit Bytes of the head, and as many of the tail. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  push(piece: Uint8Array): void {
    const forHead = Math.min(piece.length, this.#limit - this.#headLength);
    if (forHead > 0) this.#pushHead(piece.subarray(0, forHead));
    if (forHead < piece.length) this.#pushTail(piece.subarray(forHead));
  }

  /** The text of what was kept. What is no UTF-8, and NULs, stand as the replacement character. */
  toText(): CapturedText {
    const head = this.#head.subarray(0, this.#headLength);
    const isRing = this.#tailTotal > this.#limit;
    const tail = isRing
      ? Buffer.concat([this.#tail.subarray(this.#at), this.#tail.subarray(0, this.#at)])
      : this.#tail.subarray(0, this.#tailTotal);
    if (!isRing) return { text: decode(Buffer.concat([head, tail])), omittedBytes: 0 };
    const shownHead = head.subarray(0, headEnd(head));
    const shownTail = tail.subarray(tailStart(tail));
    const omittedBytes = this.#headLength + this.#tailTotal - shownHead.length - shownTail.length;
    return {
      text: `${decode(shownHead)}\n… ${omittedBytes} bytes of output were left out here, and are lost …\n${decode(shownTail)}`,
      omittedBytes,
    };
  }

  #pushHead(piece: Uint8Array): void {
    const needed = this.#headLength + piece.length;
    if (needed > this.#head.length) {
      // Doubled, so that many small pieces are copied few times.
      const grown = Buffer.alloc(Math.min(this.#limit, Math.max(needed, 2 * this.#head.length, 4096)));
      grown.set(this.#head.subarray(0, this.#headLength));
      this.#head = grown;
    }
    this.#head.set(piece, this.#headLength);
    this.#headLength = needed;
  }

  #pushTail(piece: Uint8Array): void {
    if (this.#tail.length === 0) this.#tail = Buffer.alloc(this.#limit);
    this.#tailTotal += piece.length;
    const last = piece.subarray(Math.max(0, piece.length - this.#limit));
    const before = Math.min(last.length, this.#limit - this.#at);
    this.#tail.set(last.subarray(0, before), this.#at);
    this.#tail.set(last.subarray(before), 0);
    this.#at = (this.#at + last.length) % this.#limit;
  }
}

// A character has at most 4 bytes, so more than 3 continuations are no character's: those are kept, and replaced.
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Where the last whole character of the head ends. */
const headEnd = (head: Uint8Array): number => {
  const start = characterBoundary(head, head.length - 1);
  const lead = head[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return head.length - start < length ? start : head.length;
};

const tailStart = (tail: Uint8Array): number => {
  let at = 0;
  while (at < 3 && isContinuation(tail[at])) at++;
  return at;
};

const decode = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).replaceAll("\0", "\uFFFD");
