import { LineMatcher } from "./line-matcher.ts";

import type { ExactReplacement, ReplaceResult } from "./replace-exact.ts";

/**
 * Replaces whole lines that are like the wanted ones but for white space: at their ends, or by one indentation that all of them have more
 * or less of. The new lines are indented as the file's were. Only where that is one place: whoever copies carelessly must not hit another.
 *
 * @param text With "\n" between lines, like the replacement.
 */
export const replaceTolerant = (
  text: string,
  { oldText, newText }: Pick<ExactReplacement, "oldText" | "newText">,
): ReplaceResult => {
  const isWhole = oldText.endsWith("\n") === newText.endsWith("\n") || newText === "";
  const [wanted, added] = [linesOf(oldText), newText === "" ? [] : linesOf(newText)];
  if (!isWhole || wanted.every((line) => line.trim() === "")) return { type: "missing" };
  const file = text.split("\n");
  const matcher = new LineMatcher(file, [(line) => line.trimEnd(), (line) => line.trim()]);
  const places = matcher.find(wanted, 0).flatMap((at) => {
    const shift = shiftOf(wanted, file.slice(at, at + wanted.length));
    return shift === undefined ? [] : [{ at, shift }];
  });
  const [place] = places;
  if (place === undefined) return { type: "missing" };
  if (places.length > 1) return { type: "ambiguous", count: places.length, lines: places.map(({ at }) => at + 1) };
  const result = [
    ...file.slice(0, place.at),
    ...added.map((line) => indent(line, place.shift)),
    ...file.slice(place.at + wanted.length),
  ];
  return { type: "replaced", text: result.join("\n"), count: 1 };
};

/** How indentation in the file differs from what was wanted: what stands there in place of what. */
interface Shift {
  readonly from: string;
  readonly to: string;
}

/** The one difference of indentation of all lines that are not blank; undefined where there are several. */
const shiftOf = (wanted: readonly string[], found: readonly string[]): Shift | undefined => {
  const pairs = wanted
    .map((line, index) => ({
      from: indentationOf(line),
      to: indentationOf(found[index] ?? ""),
      isBlank: line.trim() === "",
    }))
    .filter(({ isBlank }) => !isBlank);
  const least = pairs.reduce((left, right) => (right.from.length < left.from.length ? right : left));
  const isOne = pairs.every(
    ({ from, to }) => from.startsWith(least.from) && to === least.to + from.slice(least.from.length),
  );
  return isOne ? { from: least.from, to: least.to } : undefined;
};

const indent = (line: string, { from, to }: Shift): string =>
  line.trim() !== "" && line.startsWith(from) ? to + line.slice(from.length) : line;

const indentationOf = (line: string): string => line.slice(0, line.length - line.trimStart().length);

const linesOf = (text: string): readonly string[] => (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
