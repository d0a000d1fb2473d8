import { findRipgrep } from "./find-ripgrep.ts";
import { FirstInOrder } from "./first-in-order.ts";
import { runRipgrep } from "./run-ripgrep.ts";
import { isWanted, rootArguments, scopeArguments, toFoundPath } from "./search-files.ts";

import type { GlobPattern } from "./glob-pattern.ts";
import type { Found, SearchScope } from "./search-files.ts";

/** A line that a search found. */
export interface FoundLine {
  readonly path: string;
  /** 1 is the first. */
  readonly line: number;
  /** Cut where it is long. */
  readonly text: string;
}

/** What to look for. */
export interface TextQuery {
  readonly pattern: string;
  readonly isLiteral: boolean;
  readonly ignoreCase: boolean;
  readonly glob: GlobPattern | undefined;
  /** The path is a file's. */
  readonly isFile: boolean;
}

const maxLineCharacters = 1_000;
const newline = 0x0a;
const lineEnd = Buffer.of(newline);
const root = Buffer.from("./");

interface RawLine {
  readonly path: Buffer;
  readonly line: number;
  readonly text: Buffer;
}

/** The lines that match a pattern, in order of path and line. */
export const searchText = async (scope: SearchScope, query: TextQuery): Promise<Found<FoundLine>> => {
  const found = new FirstInOrder<RawLine>(scope.limit, (left, right) => compareTo(left.path, left.line, right));
  const end = await runRipgrep({
    ...scope,
    program: await findRipgrep(),
    args: [...textArguments(scope, query), ...rootArguments(scope)],
    separator: newline,
    onRecord: lineReader(found, scope, query.glob),
  });
  return { items: found.toArray().map(toFoundLine), truncated: found.isCut, end };
};

const textArguments = (scope: SearchScope, query: TextQuery): readonly string[] => [
  "--line-number",
  "--no-heading",
  "--with-filename",
  "--null",
  "--crlf",
  "--no-mmap",
  // One more than is shown, so that it can be said that there are more.
  `--max-count=${scope.limit + 1}`,
  `--max-columns=${maxLineCharacters}`,
  "--max-columns-preview",
  ...(query.isFile ? ["--line-buffered"] : []),
  ...(query.isLiteral ? ["--fixed-strings"] : []),
  ...(query.ignoreCase ? ["--ignore-case"] : []),
  ...scopeArguments(scope, query.glob),
  `--regexp=${query.pattern}`,
];

/** Takes records of the form PATH NUL LINE `:` TEXT. The lines of one file come together. */
const lineReader = (
  found: FirstInOrder<RawLine>,
  scope: SearchScope,
  glob: GlobPattern | undefined,
): ((record: Buffer) => void) => {
  let file: Buffer = Buffer.alloc(0);
  let isTaken = false;
  let before: readonly Buffer[] = [];
  return (record) => {
    const nul = record.indexOf(0);
    // Every path begins with its root. What does not goes on with one that holds a line end.
    const begins = record.subarray(0, 2).equals(root);
    if (nul < 0) {
      // A part of such a path; or a note, such as that a file is binary, after which another path begins.
      before = [...(begins ? [] : before), Buffer.from(record), lineEnd];
      return;
    }
    const path = begins ? record.subarray(0, nul) : Buffer.concat([...before, record.subarray(0, nul)]);
    const colon = record.indexOf(":", nul);
    if (colon < 0) return;
    if (!path.equals(file)) {
      file = Buffer.from(path);
      isTaken = glob === undefined || isWanted(toFoundPath(file.toString("utf8")), scope, glob);
    }
    if (!isTaken) return;
    const line = Number(record.toString("latin1", nul + 1, colon));
    if (!found.wouldKeep((last) => compareTo(file, line, last))) return;
    found.add({ path: file, line, text: Buffer.from(record.subarray(colon + 1)) });
  };
};

const compareTo = (path: Buffer, line: number, other: RawLine): number =>
  path === other.path ? line - other.line : path.compare(other.path) || line - other.line;

const toFoundLine = ({ path, line, text }: RawLine): FoundLine => ({
  path: toFoundPath(path.toString("utf8")),
  line,
  text: text.toString("utf8").replace(/\r$/, "").replaceAll("\0", "\uFFFD"),
});
