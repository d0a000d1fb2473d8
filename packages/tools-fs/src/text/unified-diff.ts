import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";

// A diff of more changed lines takes quadratic time to find, and nobody reads it.
const maxEditLength = 500;
const maxCharacters = 8_000;

/** What changed in a text, as a unified diff that is short enough to be read. */
export const unifiedDiff = (path: string, before: string, after: string): string => {
  const patch = structuredPatch(path, path, before, after, "", "", { context: 3, maxEditLength });
  if (patch === undefined) return `(More than ${maxEditLength} lines changed: too many to show.)\n`;
  const text = formatPatch(patch, FILE_HEADERS_ONLY);
  return text.length <= maxCharacters
    ? text
    : `${text.slice(0, maxCharacters).toWellFormed()}\n(The diff is cut here.)\n`;
};
