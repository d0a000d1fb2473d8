// What is compared at most, so that a failed edit of a large file costs no more than a tenth of a second.
const mostLines = 20_000;
const mostCharacters = 200;
const mostCandidates = 3;
const leastLikeness = 0.5;

const nothing = "Nothing in it comes near.";

/** Tells the lines of a text that resemble the longest line of what was searched most, the best first, by their numbers from 1. */
export const nearestLines = (text: string, searched: string): string => {
  const wanted = pairsOf(longestLine(searched));
  if (wanted.size === 0) return nothing;
  const near = text
    .split("\n", mostLines)
    .map((line, index) => ({ number: index + 1, text: shorten(line), likeness: likeness(pairsOf(line), wanted) }))
    .filter((line) => line.likeness >= leastLikeness)
    .toSorted((left, right) => right.likeness - left.likeness || left.number - right.number)
    .slice(0, mostCandidates)
    .map((line) => `${line.number}: ${line.text}`);
  return near.length === 0 ? nothing : `The nearest lines:\n${near.join("\n")}`;
};

const longestLine = (text: string): string =>
  text
    .split("\n", mostLines)
    .reduce((longest, line) => (line.trim().length > longest.length ? line.trim() : longest), "");

/** Pairs of neighbouring characters, without regard to spaces. */
const pairsOf = (line: string): ReadonlySet<string> => {
  const letters = line.slice(0, mostCharacters).replaceAll(/\s+/g, "");
  const pairs = new Set<string>();
  if (letters.length === 1) pairs.add(letters);
  for (let at = 0; at + 1 < letters.length; at++) pairs.add(letters.slice(at, at + 2));
  return pairs;
};

/** Dice's coefficient: 0 for nothing in common, 1 for the same. */
const likeness = (left: ReadonlySet<string>, right: ReadonlySet<string>): number => {
  const [small, large] = left.size < right.size ? [left, right] : [right, left];
  // Too different in size to come near: not worth comparing.
  if (2 * small.size < leastLikeness * (small.size + large.size)) return 0;
  let common = 0;
  for (const pair of small) if (large.has(pair)) common++;
  return (2 * common) / (left.size + right.size);
};

const shorten = (line: string): string => {
  const trimmed = line.trimEnd();
  return trimmed.length <= mostCharacters ? trimmed : `${trimmed.slice(0, mostCharacters).toWellFormed()}…`;
};
