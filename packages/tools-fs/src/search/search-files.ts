import { findRipgrep } from "./find-ripgrep.ts";
import { FirstInOrder } from "./first-in-order.ts";
import { runRipgrep } from "./run-ripgrep.ts";

import type { GlobPattern } from "./glob-pattern.ts";
import type { RipgrepEnd } from "./run-ripgrep.ts";

/** Where and how long to search. */
export interface SearchScope {
  /** The Location's directory, canonical. Paths are relative to it. */
  readonly directory: string;
  /** What of it is searched: canonical, relative, "." for all. */
  readonly path: string;
  /** Hidden files too, but nothing of `.git`. */
  readonly hidden: boolean;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What was found, in order of path. */
export interface Found<T> {
  readonly items: readonly T[];
  /** There are more than these. */
  readonly truncated: boolean;
  readonly end: RipgrepEnd;
}

/** What every search is told. An ignore file counts whether there is a repository or not. */
export const scopeArguments = ({ hidden }: SearchScope, glob: GlobPattern | undefined): readonly string[] => [
  "--no-require-git",
  "--no-follow",
  ...(hidden ? ["--hidden", "--glob=!.git"] : []),
  // Unlike --glob, a type finds nothing that an ignore file hides.
  ...(glob?.nameGlob === undefined ? [] : [`--type-add=holdfast:${glob.nameGlob}`, "--type=holdfast"]),
];

/** The last arguments: what is searched, written so that it can be no option. */
export const rootArguments = ({ path }: SearchScope): readonly string[] => ["--", path === "." ? "./" : `./${path}`];

/** A path as the search prints it, relative to the Location. */
export const toFoundPath = (printed: string): string => (printed.startsWith("./") ? printed.slice(2) : printed);

/** Whether a search is for a file, by the part of its path below the directory that is searched. */
export const isWanted = (path: string, { path: root, hidden }: SearchScope, glob: GlobPattern): boolean => {
  // A type brings hidden files with it.
  if (!hidden && path.startsWith(".", path.lastIndexOf("/") + 1)) return false;
  return glob.matches(root !== "." && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path);
};

/** The files below a directory that a pattern matches. */
export const searchFiles = async (scope: SearchScope, glob: GlobPattern): Promise<Found<string>> => {
  const found = new FirstInOrder<Buffer>(scope.limit, (left, right) => left.compare(right));
  const end = await runRipgrep({
    ...scope,
    program: await findRipgrep(),
    args: ["--files", "--null", ...scopeArguments(scope, glob), ...rootArguments(scope)],
    separator: 0,
    onRecord: (record) => {
      // Once there are too many, most need no closer look.
      if (found.isCut && !found.wouldKeep((last) => record.compare(last))) return;
      if (isWanted(pathOf(record), scope, glob)) found.add(Buffer.from(record));
    },
  });
  return { items: found.toArray().map(pathOf), truncated: found.isCut, end };
};

const pathOf = (printed: Buffer): string => toFoundPath(printed.toString("utf8"));
