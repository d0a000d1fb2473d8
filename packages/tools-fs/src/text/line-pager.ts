/** Which lines are wanted, and how much of them. */
export interface PageRange {
  /** The first line; 1 is the file's first. */
  readonly offset: number;
  readonly lines: number;
  /** UTF-8 bytes, line ends included. */
  readonly bytes: number;
  /** UTF-16 units of one line; what is longer is cut, and says so. */
  readonly lineCharacters: number;
}

/** Takes one page of lines out of a text that comes in pieces, and keeps nothing else of it. */
export class LinePager {
  readonly #range: PageRange;
  readonly #lines: string[] = [];
  #bytes = 0;
  /** Lines that have ended. */
  #count = 0;
  /** What is kept of the line that has not ended, and how long all of it is. */
  #kept = "";
  #length = 0;
  #next: number | undefined;

  constructor(range: PageRange) {
    this.#range = range;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The line that the next page begins with; undefined while none is known to follow. */
  get next(): number | undefined {
    return this.#next;
  }

  /** How many lines were seen so far: all of the text's, once it has ended. */
  get count(): number {
    return this.#count;
  }

  /** Takes the next piece. Once `next` is known, more pieces change nothing. */
  push(piece: string): void {
    let from = 0;
    while (from < piece.length && this.#next === undefined) {
      if (this.#lines.length === this.#range.lines) {
        this.#next = this.#count + 1;
        return;
      }
      const end = piece.indexOf("\n", from);
      this.#append(piece, from, end < 0 ? piece.length : end);
      if (end < 0) return;
      this.#endLine();
      from = end + 1;
    }
  }

  /** Says that the text has ended: a last line needs no line end. */
  end(): void {
    if (this.#next === undefined && this.#length > 0) this.#endLine();
  }

  #append(piece: string, from: number, to: number): void {
    this.#length += to - from;
    // Two more than are shown, so that a carriage return and a cut can be told apart.
    const room = this.#range.lineCharacters + 2 - this.#kept.length;
    if (room > 0 && this.#count + 1 >= this.#range.offset) this.#kept += piece.slice(from, Math.min(to, from + room));
  }

  #endLine(): void {
    const number = this.#count + 1;
    if (number >= this.#range.offset) {
      const line = this.#toLine();
      const bytes = Buffer.byteLength(line) + 1;
      if (this.#bytes + bytes > this.#range.bytes) {
        this.#next = number;
        return;
      }
      this.#lines.push(line);
      this.#bytes += bytes;
    }
    this.#count = number;
    this.#kept = "";
    this.#length = 0;
  }

  #toLine(): string {
    const { lineCharacters } = this.#range;
    const isWhole = this.#length === this.#kept.length;
    const line = isWhole && this.#kept.endsWith("\r") ? this.#kept.slice(0, -1) : this.#kept;
    if (isWhole && line.length <= lineCharacters) return line;
    const isInPair = isHighSurrogate(line, lineCharacters - 1);
    const shown = line.slice(0, isInPair ? lineCharacters - 1 : lineCharacters);
    const rest = `offset ${this.#count + 1} with lineOffset ${Buffer.byteLength(shown)} shows the rest`;
    return `${shown} … (the line has ${this.#length} characters and is cut here; ${rest})`;
  }
}

const isHighSurrogate = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;
