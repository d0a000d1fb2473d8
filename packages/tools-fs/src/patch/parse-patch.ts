import type { FileChange, Hunk, HunkLine } from "./file-change.ts";

/** A patch as it was read, or the first line that is not as it has to be. */
export type ParsedPatch =
  | { readonly ok: true; readonly changes: readonly FileChange[] }
  | { readonly ok: false; readonly line: number; readonly reason: string };

const begin = "*** Begin Patch";
const end = "*** End Patch";
const endOfFile = "*** End of File";
const headers = { add: "*** Add File: ", delete: "*** Delete File: ", update: "*** Update File: " } as const;
const move = "*** Move to: ";

/**
 * Reads a patch in the envelope that models are trained on: between its first and last line one section for each file. The grammar is
 * strict: what is no such line is an error, with its number, and nothing of the patch is done.
 */
export const parsePatch = (text: string): ParsedPatch => {
  try {
    return { ok: true, changes: new PatchReader(text).read() };
  } catch (error) {
    if (error instanceof PatchError) return { ok: false, line: error.line, reason: error.message };
    throw error;
  }
};

class PatchError extends Error {
  readonly line: number;

  constructor(line: number, expected: string, found: string | undefined) {
    super(
      `expected ${expected}, found ${found === undefined ? "the end of the patch" : JSON.stringify(found.slice(0, 200))}`,
    );
    this.line = line;
  }
}

class PatchReader {
  readonly #lines: readonly string[];
  #at = 0;
  /** Where the run of empty lines ends that was looked at last. */
  #blankEnd = 0;

  constructor(text: string) {
    const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
    // What stands around the envelope is white space, and nothing else.
    while (lines.at(-1)?.trim() === "") lines.pop();
    this.#lines = lines;
    while (lines[this.#at]?.trim() === "") this.#at++;
  }

  read(): readonly FileChange[] {
    this.#expect(begin);
    const changes: FileChange[] = [];
    while (this.#line?.trimEnd() !== end) changes.push(this.#section());
    if (changes.length === 0)
      throw this.#error(`a section: "${headers.update}…", "${headers.add}…" or "${headers.delete}…"`);
    this.#expect(end);
    if (this.#line !== undefined) throw this.#error("nothing after the end of the patch");
    return changes;
  }

  #section(): FileChange {
    const header = this.#line;
    if (header?.startsWith(headers.add) === true) return this.#add(this.#path(headers.add));
    if (header?.startsWith(headers.delete) === true) return this.#delete(this.#path(headers.delete));
    if (header?.startsWith(headers.update) === true) return this.#update(this.#path(headers.update));
    throw this.#error(`"${headers.update}…", "${headers.add}…", "${headers.delete}…" or "${end}"`);
  }

  #add(path: string): FileChange {
    const lines: string[] = [];
    while (this.#line?.startsWith("+") === true) lines.push(this.#next().slice(1));
    this.#passBlank();
    if (!this.#isAtHeader()) throw this.#error('a line of the new file, which begins with "+"');
    return { kind: "add", path, text: lines.map((line) => `${line}\n`).join("") };
  }

  #delete(path: string): FileChange {
    this.#passBlank();
    return { kind: "delete", path };
  }

  #update(path: string): FileChange {
    const moveTo = this.#line?.startsWith(move) === true ? this.#path(move) : undefined;
    const hunks: Hunk[] = [];
    while (!this.#isAtHeader()) hunks.push(this.#hunk(hunks.length === 0));
    if (hunks.length === 0 && moveTo === undefined) throw this.#error('a change, which begins with "@@"');
    return { kind: "update", path, moveTo, hunks };
  }

  /** The first may begin without its "@@". */
  #hunk(isFirst: boolean): Hunk {
    const line = this.#at + 1;
    const opening = this.#line ?? "";
    let heading: string | undefined;
    if (opening === "@@" || opening.startsWith("@@ ")) heading = this.#next().slice(3);
    else if (!isFirst) throw this.#error('"@@", or a line that begins with " ", "-" or "+"');
    const lines: HunkLine[] = [];
    for (let found = this.#hunkLine(); found !== undefined; found = this.#hunkLine()) lines.push(found);
    if (lines.every(({ kind }) => kind === "keep"))
      throw this.#error('a line of the change that begins with "-" or "+"');
    const atEnd = this.#line === endOfFile;
    if (atEnd) this.#at++;
    this.#passBlank();
    return { line, heading: heading === "" ? undefined : heading, lines, atEnd };
  }

  #hunkLine(): HunkLine | undefined {
    const line = this.#line;
    const kind = kinds.get(line?.[0] ?? "");
    // An empty line is an empty line of context: editors and models drop the space at its beginning.
    if (line === "" && this.#continuesHunk()) return { kind: "keep", text: this.#next() };
    return kind === undefined ? undefined : { kind, text: this.#next().slice(1) };
  }

  /** Whether another line of the same change comes after empty ones. */
  #continuesHunk(): boolean {
    // Looked for once for a run of them, however long.
    if (this.#at >= this.#blankEnd) {
      this.#blankEnd = this.#at;
      while (this.#lines[this.#blankEnd] === "") this.#blankEnd++;
    }
    return kinds.has(this.#lines[this.#blankEnd]?.[0] ?? "");
  }

  /** Empty lines between two changes, or two sections, are nobody's. */
  #passBlank(): void {
    while (this.#line === "") this.#at++;
  }

  #isAtHeader(): boolean {
    const line = this.#line;
    return (
      line !== undefined && (line.trimEnd() === end || Object.values(headers).some((header) => line.startsWith(header)))
    );
  }

  #path(header: string): string {
    const path = (this.#line ?? "").slice(header.length).trim();
    if (path === "") throw this.#error(`a path after "${header.trim()}"`);
    this.#at++;
    return path;
  }

  get #line(): string | undefined {
    return this.#lines[this.#at];
  }

  #next(): string {
    return this.#lines[this.#at++] ?? "";
  }

  #expect(line: string): void {
    if (this.#line?.trim() !== line) throw this.#error(`"${line}"`);
    this.#at++;
  }

  #error(expected: string): PatchError {
    return new PatchError(this.#at + 1, expected, this.#line);
  }
}

const kinds: ReadonlyMap<string, HunkLine["kind"]> = new Map([
  [" ", "keep"],
  ["-", "remove"],
  ["+", "add"],
]);
