import { characterBoundary, shownLimits } from "@holdfast/core/tool";

// The runtime bounds every result again. What is shown of an output stays below that, with the lines around it.
const maxLines = shownLimits.lines - 16;

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

  get isEmpty(): boolean {
    return this.#headLength === 0;
  }

  /** Whether less than all would be shown. */
  get isCut(): boolean {
    return this.#tailTotal > this.#limit || countLines(this.#all) > maxLines;
  }

  /**
   * The text of what was kept. What is no UTF-8, and NULs, stand as the replacement character.
   *
   * @param whole Where all of it can be read, for the line that stands in place of the middle. Default: nowhere.
   */
  toText(whole?: string): CapturedText {
    if (!this.isCut) return { text: decode(this.#all), omittedBytes: 0 };
    const isRing = this.#tailTotal > this.#limit;
    const head = firstLines(isRing ? this.#head.subarray(0, this.#headLength) : this.#all);
    const tail = lastLines(
      isRing ? Buffer.concat([this.#tail.subarray(this.#at), this.#tail.subarray(0, this.#at)]) : this.#all,
    );
    const shownHead = head.subarray(0, headEnd(head));
    const shownTail = tail.subarray(tailStart(tail));
    const omittedBytes = this.#headLength + this.#tailTotal - shownHead.length - shownTail.length;
    const note =
      whole === undefined
        ? `${omittedBytes} bytes of output were left out here, and are lost`
        : `${omittedBytes} bytes of output are left out here. The whole: ${whole}`;
    return { text: `${decode(shownHead)}\n… ${note} …\n${decode(shownTail)}`, omittedBytes };
  }

  /** Head and tail, where nothing is between them. */
  get #all(): Buffer {
    return Buffer.concat([this.#head.subarray(0, this.#headLength), this.#tail.subarray(0, this.#tailTotal)]);
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

const newline = 0x0a;

const countLines = (bytes: Buffer): number => {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines += 1;
  return lines;
};

const firstLines = (bytes: Buffer): Buffer => {
  let at = -1;
  for (let line = 0; line < maxLines / 2; line++) {
    at = bytes.indexOf(newline, at + 1);
    if (at < 0) return bytes;
  }
  return bytes.subarray(0, at);
};

const lastLines = (bytes: Buffer): Buffer => {
  // A line end at the very end begins no line.
  let at = bytes.length - 1;
  for (let line = 0; line < maxLines / 2; line++) {
    at = at <= 0 ? -1 : bytes.lastIndexOf(newline, at - 1);
    if (at < 0) return bytes;
  }
  return bytes.subarray(at + 1);
};

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
