/** One quote or item that following lines stand in. */
interface Surrounding {
  /** Before its first line. */
  readonly first: string;
  /** Before each other line. */
  readonly rest: string;
  isBegun: boolean;
}

/** Deeper quotes and items add nothing before their lines: a line of one letter would become a page. */
const maxSurroundings = 12;

/** Blocks of Markdown, with what stands before their lines, and blank lines between them where they are needed. */
export class BlockOutput {
  readonly #maxCharacters: number;
  readonly #parts: string[] = [];
  readonly #surroundings: (Surrounding | null)[] = [];
  #depth = 0;
  #length = 0;
  #gap: 0 | 1 | 2 = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  get isFull(): boolean {
    return this.isFullWith(0);
  }

  /** Whether it would be full with what others hold for it. */
  isFullWith(held: number): boolean {
    return this.#length + held >= this.#maxCharacters;
  }

  /** What follows stands in a quote or an item. */
  enter(first: string, rest: string): void {
    const isCounted = this.#depth < maxSurroundings;
    if (isCounted) this.#depth++;
    this.#surroundings.push(isCounted ? { first, rest, isBegun: false } : null);
  }

  leave(): void {
    if (this.#surroundings.pop() != null) this.#depth--;
  }

  /** The next block begins on a line of its own, or after a blank one. */
  separate(gap: 1 | 2): void {
    // What begins a quote or an item follows its marker.
    if (this.#surroundings.at(-1)?.isBegun === false) return;
    if (gap > this.#gap) this.#gap = gap;
  }

  /** The next block follows without a blank line, whatever was said before. */
  tighten(): void {
    if (this.#gap === 2) this.#gap = 1;
  }

  write(block: string): void {
    if (this.isFull) return;
    if (this.#length > 0) this.#put(this.#gap === 2 ? `\n${this.#blank()}\n` : "\n");
    this.#gap = 1;
    let isFirst = true;
    for (const line of block.split("\n")) {
      if (!isFirst) this.#put("\n");
      isFirst = false;
      this.#put(line === "" ? this.#blank() : this.#prefix() + line);
      if (this.isFull) return;
    }
  }

  finish(): string {
    return this.#parts.join("").slice(0, this.#maxCharacters);
  }

  #put(text: string): void {
    if (text === "") return;
    this.#parts.push(text);
    this.#length += text.length;
  }

  #prefix(): string {
    let prefix = "";
    if (this.#depth > 0)
      for (const surrounding of this.#surroundings) {
        if (surrounding === null) continue;
        prefix += surrounding.isBegun ? surrounding.rest : surrounding.first;
        surrounding.isBegun = true;
      }
    return prefix;
  }

  /** A blank line belongs to what has begun before it. */
  #blank(): string {
    let prefix = "";
    if (this.#depth > 0)
      for (const surrounding of this.#surroundings) if (surrounding?.isBegun === true) prefix += surrounding.rest;
    return prefix.trimEnd();
  }
}
