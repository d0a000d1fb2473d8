const special = /[\\*_`[\]<~]/;
// An underscore within a word means nothing, nor a bracket of an angle before a space.
const specials = /[\\*`[\]]|~(?=~)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[a-zA-Z/!?])/gu;

/** A text so that Markdown shows it as it is. */
export const escapeMarkdown = (text: string): string =>
  special.test(text) ? text.replaceAll(specials, String.raw`\$&`) : text;

const lineStart = /^(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|>|={2,}\s*$|-{2,}\s*$|~~~|\d{1,9}(?=[.)](?:\s|$)))/gm;

/** The lines of a paragraph, none of which begins as a heading, an item or a quote would. */
export const escapeLineStarts = (text: string): string =>
  text.replaceAll(lineStart, (found) => (/^\d/.test(found) ? `${found}\\` : `\\${found}`));

/** Backticks that a code holds no run of, at least as many. */
export const fenceFor = (code: string, least: number): string => {
  let longest = 0;
  for (const [run] of code.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return "`".repeat(longest < least ? least : longest + 1);
};
