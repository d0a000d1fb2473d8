/** A line of a text that resembles what was searched. */
export interface NearLine {
  /** 1 for the first. */
  readonly number: number;
  readonly text: string;
}

// What is compared at most, so that a failed edit of a large file costs no more than a tenth of a second.
const mostLines = 20_000;
const mostCharacters = 200;
const mostCandidates = 3;
const leastLikeness = 0.5;

/** The lines of a text that resemble the longest line of what was searched most, the best first; none where nothing does. */
export const nearestLines = (text: string, searched: string): readonly NearLine[] => {
  const wanted = pairsOf(longestLine(searched));
  if (wanted.size === 0) return [];
  return text
    .split("\n", mostLines)
    .map((line, index) => ({ number: index + 1, text: shorten(line), likeness: likeness(pairsOf(line), wanted) }))
    .filter((line) => line.likeness >= leastLikeness)
    .toSorted((left, right) => right.likeness - left.likeness || left.number - right.number)
    .slice(0, mostCandidates)
    .map(({ number, text }) => ({ number, text }));
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
