import { characterBoundary } from "@holdfast/core/tool";

/** Which part of which line is wanted. */
export interface LineRange {
  /** The line; 1 is the text's first. */
  readonly offset: number;
  /** Where its part begins, in UTF-8 bytes of the line; in the middle of a character, with that character. */
  readonly lineOffset: number;
  /** UTF-8 bytes of the part at most. */
  readonly bytes: number;
}

/** A part of a line. */
export interface LinePart {
  readonly text: string;
  /** Where it begins and ends, in UTF-8 bytes of the line. */
  readonly start: number;
  readonly end: number;
  /** Whether the line goes on after it. */
  readonly isCut: boolean;
  /** Whether another line follows; false where that is not known because the line goes on. */
  readonly isFollowed: boolean;
}

const carriageReturn = 0x0d;

/** Takes a part of one line out of a text that comes in pieces of whole characters, and keeps nothing else of it. */
export class LineWindow {
  readonly #range: LineRange;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #skipped = 0;
  /** The line that is being read, and whether there was anything of it. */
  #line = 1;
  #isBegun = false;
  #isEnded = false;
  #isFollowed = false;

  constructor(range: LineRange) {
    this.#range = range;
  }

  /** Whether more pieces would change nothing. */
  get isDone(): boolean {
    // One byte more may be a carriage return, which is no part of the line.
    return this.#isFollowed || this.#keptBytes > this.#range.bytes + 1;
  }

  /** How many lines were seen so far. */
  get count(): number {
    return this.#isBegun ? this.#line : this.#line - 1;
  }

  /** How many bytes of the line were seen so far. */
  get lineBytes(): number {
    return this.#skipped + this.#keptBytes;
  }

  push(piece: string): void {
    for (let from = 0; from < piece.length && !this.isDone;) {
      if (this.#isEnded) {
        this.#isFollowed = true;
        return;
      }
      const end = piece.indexOf("\n", from);
      if (this.#line === this.#range.offset) this.#take(piece.slice(from, end < 0 ? piece.length : end));
      this.#isBegun = true;
      if (end < 0) return;
      if (this.#line === this.#range.offset) this.#isEnded = true;
      else [this.#line, this.#isBegun] = [this.#line + 1, false];
      from = end + 1;
    }
  }

  toPart(): LinePart {
    const all = Buffer.concat(this.#kept);
    const start = this.#skipped;
    const line = all.at(-1) === carriageReturn ? all.subarray(0, -1) : all;
    const isCut = line.length > this.#range.bytes;
    const shown = isCut ? all.subarray(0, characterBoundary(all, this.#range.bytes)) : line;
    return {
      text: shown.toString("utf8"),
      start,
      end: start + shown.length,
      isCut,
      isFollowed: this.#isFollowed,
    };
  }

  #take(part: string): void {
    const bytes = Buffer.from(part);
    const toSkip = this.#keptBytes > 0 ? 0 : this.#range.lineOffset - this.#skipped;
    const begin = characterBoundary(bytes, toSkip);
    this.#skipped += begin;
    // An empty part of it would keep all of it in memory.
    if (begin < bytes.length) this.#kept.push(bytes.subarray(begin));
    this.#keptBytes += bytes.length - begin;
  }
}
