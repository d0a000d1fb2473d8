/** What of a line is compared. */
export type Comparison = (line: string) => string;

/** How lines are compared, from the strictest to the loosest; each is tried where the ones before found nothing. */
const comparisons: readonly Comparison[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) => withPlainPunctuation(line.trim()),
];

const mostPlaces = 10;

/** Finds runs of lines in a file, each search in time that grows with the file and the run, and not with their product. */
export class LineMatcher {
  readonly #file: readonly string[];
  readonly #comparisons: readonly Comparison[];
  readonly #normalised: (readonly string[])[] = [];

  /** @param use How lines are compared, the strictest way first. */
  constructor(file: readonly string[], use: readonly Comparison[] = comparisons) {
    this.#file = file;
    this.#comparisons = use;
  }

  /** The end of the lines: the last one of a file that ends with a line break is empty, and no line of anybody's. */
  get end(): number {
    return this.#file.at(-1) === "" ? this.#file.length - 1 : this.#file.length;
  }

  /** Where the lines stand, from an index on: several places where they stand in more than one, at most 10. */
  find(wanted: readonly string[], from: number): readonly number[] {
    return this.#firstOf((lines, searched) => occurrences(lines, searched, from), wanted);
  }

  /** Where the lines stand as the last ones of the file, from an index on. */
  findAtEnd(wanted: readonly string[], from: number): readonly number[] {
    const at = this.end - wanted.length;
    if (at < from) return [];
    const fits = (lines: readonly string[], searched: readonly string[]) =>
      searched.every((line, offset) => lines[at + offset] === line) ? [at] : [];
    return this.#firstOf(fits, wanted);
  }

  #firstOf(
    search: (lines: readonly string[], searched: readonly string[]) => readonly number[],
    wanted: readonly string[],
  ): readonly number[] {
    for (const [index, normalise] of this.#comparisons.entries()) {
      const lines = (this.#normalised[index] ??= this.#file.map(normalise));
      const found = search(lines, wanted.map(normalise));
      if (found.length > 0) return found;
    }
    return [];
  }
}

/** Knuth, Morris and Pratt's search (1977), with lines for letters. */
const occurrences = (lines: readonly string[], searched: readonly string[], from: number): readonly number[] => {
  const borders = bordersOf(searched);
  const found: number[] = [];
  let matched = 0;
  for (let index = from; index < lines.length && found.length < mostPlaces; index++) {
    while (matched > 0 && lines[index] !== searched[matched]) matched = borders[matched - 1] ?? 0;
    if (lines[index] === searched[matched]) matched++;
    if (matched < searched.length) continue;
    found.push(index - searched.length + 1);
    matched = borders[matched - 1] ?? 0;
  }
  return found;
};

/** For each beginning of the lines, how long its longest proper beginning is that it also ends with. */
const bordersOf = (lines: readonly string[]): readonly number[] => {
  const borders = [0];
  let length = 0;
  for (let index = 1; index < lines.length; index++) {
    while (length > 0 && lines[index] !== lines[length]) length = borders[length - 1] ?? 0;
    if (lines[index] === lines[length]) length++;
    borders.push(length);
  }
  return borders;
};

/** Typographic quotes, dashes and spaces as the keys of a keyboard: models exchange them. */
const withPlainPunctuation = (line: string): string =>
  line
    .replaceAll(/[\u2018\u2019\u201A\u201B]/g, "'")
    .replaceAll(/[\u201C\u201D\u201E\u201F]/g, '"')
    .replaceAll(/[\u2010-\u2015\u2212]/g, "-")
    .replaceAll(/[\u00A0\u2002-\u200A\u202F\u205F\u3000]/g, " ")
    .replaceAll("\u2026", "...");
