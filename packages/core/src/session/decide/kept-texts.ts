const opening = "\n\n<kept>\n";
const closing = "\n</kept>";

/** Texts as they stand below a summary; empty where there is none. What is longer than it may be is cut. */
export const keptTexts = (texts: readonly string[], mostCharacters: number): string => {
  const room = mostCharacters - opening.length - closing.length;
  if (texts.length === 0 || room <= 0) return "";
  const text = texts.join("\n\n");
  const told = text.length <= room ? text : text.slice(0, room).toWellFormed();
  return `${opening}${told}${closing}`;
};

/** A summary without what stands below it: whoever keeps that says so again at each compaction. */
export const withoutKept = (summary: string): string => {
  const at = summary.lastIndexOf(opening);
  return at >= 0 && summary.endsWith(closing) ? summary.slice(0, at) : summary;
};
