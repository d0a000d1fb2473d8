import { LineMatcher } from "../text/line-matcher.ts";

import type { Hunk } from "./file-change.ts";

/** A file's text after its hunks, or the first one that does not fit. */
export type AppliedHunks =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      /** The hunk's line in the patch. */
      readonly line: number;
      readonly reason: "heading-missing" | "missing" | "ambiguous";
      /** What was looked for. */
      readonly wanted: readonly string[];
      /** Line numbers in the file, from 1, where it stands more than once. */
      readonly places: readonly number[];
    };

interface Splice {
  readonly at: number;
  readonly removed: number;
  readonly added: readonly string[];
}

/**
 * Applies hunks in their order, each after the place of the one before. Lines that are kept stay as the file has them. A hunk that fits in
 * more than one place is refused: its place cannot be told.
 *
 * @param text With "\n" between lines.
 */
export const applyHunks = (text: string, hunks: readonly Hunk[]): AppliedHunks => {
  const file = text.split("\n");
  const matcher = new LineMatcher(file);
  const splices: Splice[] = [];
  let from = 0;
  for (const hunk of hunks) {
    const { heading, lines, atEnd, line } = hunk;
    if (heading !== undefined) {
      const [place] = matcher.find([heading], from);
      if (place === undefined) return { ok: false, line, reason: "heading-missing", wanted: [heading], places: [] };
      from = place + 1;
    }
    const wanted = lines.flatMap(({ kind, text: old }) => (kind === "add" ? [] : [old]));
    const found = placesOf(matcher, { wanted, atEnd, from, isBelow: heading !== undefined });
    const [at] = found;
    if (at === undefined) return { ok: false, line, reason: "missing", wanted, places: [] };
    // Under its heading it is the next one; without, nobody can say which of them was meant.
    if (found.length > 1 && heading === undefined)
      return { ok: false, line, reason: "ambiguous", wanted, places: found.map((index) => index + 1) };
    splices.push({ at, removed: wanted.length, added: addedLines(file, hunk, at) });
    from = at + wanted.length;
  }
  return { ok: true, text: splice(file, splices).join("\n") };
};

interface Search {
  readonly wanted: readonly string[];
  readonly atEnd: boolean;
  readonly from: number;
  /** Whether a heading above it was found. */
  readonly isBelow: boolean;
}

const placesOf = (matcher: LineMatcher, { wanted, atEnd, from, isBelow }: Search): readonly number[] => {
  // Lines that stand beside none of the file's go below their heading, else to the end.
  if (wanted.length === 0) return [isBelow && !atEnd ? from : Math.max(from, matcher.end)];
  return atEnd ? matcher.findAtEnd(wanted, from) : matcher.find(wanted, from);
};

/** The lines in the place of those that were found: what is kept is the file's own. */
const addedLines = (file: readonly string[], { lines }: Hunk, at: number): readonly string[] => {
  let index = at;
  return lines.flatMap(({ kind, text }) => {
    if (kind === "add") return [text];
    const own = file[index++] ?? "";
    return kind === "keep" ? [own] : [];
  });
};

const splice = (file: readonly string[], splices: readonly Splice[]): readonly string[] => {
  const result: string[] = [];
  let from = 0;
  for (const { at, removed, added } of splices) {
    result.push(...file.slice(from, at), ...added);
    from = at + removed;
  }
  return [...result, ...file.slice(from)];
};
