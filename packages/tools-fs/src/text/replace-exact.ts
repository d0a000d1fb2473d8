/** What to replace, literally: no pattern has a meaning. */
export interface ExactReplacement {
  /** Not empty. */
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll: boolean;
}

/** What came of it. */
export type ReplaceResult =
  | { readonly type: "replaced"; readonly text: string; readonly count: number }
  | { readonly type: "missing" }
  /** It stands in several places, also where they overlap; the first few of their line numbers. */
  | { readonly type: "ambiguous"; readonly count: number; readonly lines: readonly number[] }
  | { readonly type: "too-large" };

const mostLineNumbers = 10;

/** Replaces the one occurrence of a text, or all of them from left to right. The result has at most `maxLength` UTF-16 units. */
export const replaceExact = (
  text: string,
  { oldText, newText, replaceAll }: ExactReplacement,
  maxLength: number,
): ReplaceResult => {
  const count = countOccurrences(text, oldText, replaceAll ? oldText.length : 1);
  if (count === 0) return { type: "missing" };
  if (count > 1 && !replaceAll) return { type: "ambiguous", count, lines: lineNumbersOf(text, oldText) };
  // Asked before it is built: a short text that stands a million times can become anything.
  if (text.length + count * (newText.length - oldText.length) > maxLength) return { type: "too-large" };
  // A function, because "$&" and the like have a meaning in a replacement that is a string.
  return { type: "replaced", text: text.replaceAll(oldText, () => newText), count };
};

const countOccurrences = (text: string, searched: string, step: number): number => {
  let count = 0;
  for (let at = text.indexOf(searched); at >= 0; at = text.indexOf(searched, at + step)) count++;
  return count;
};

const lineNumbersOf = (text: string, searched: string): readonly number[] => {
  const lines = new Set<number>();
  let [line, from] = [1, 0];
  for (let at = text.indexOf(searched); at >= 0 && lines.size < mostLineNumbers; at = text.indexOf(searched, at + 1)) {
    for (let end = text.indexOf("\n", from); end >= 0 && end < at; end = text.indexOf("\n", from)) {
      line++;
      from = end + 1;
    }
    lines.add(line);
  }
  return [...lines];
};
