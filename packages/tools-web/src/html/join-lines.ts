/**
 * Lines as one, with `by` for each run of spaces that holds a line's end. Runs are found whole: a pattern such as `\s*\n` begins again at each
 * space of a run, and a page of spaces would hold up everything for minutes.
 */
export const joinLines = (text: string, by: string): string =>
  text.includes("\n") ? text.replaceAll(/\s+/g, (run) => (run.includes("\n") ? by : run)) : text;

/** Without blank lines. */
export const withoutBlankLines = (text: string): string =>
  text.replaceAll(/\s{2,}/g, (run) => (run.indexOf("\n") === run.lastIndexOf("\n") ? run : "\n"));
