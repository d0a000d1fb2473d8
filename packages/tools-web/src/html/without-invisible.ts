/** Control characters but tabs and line ends, and the tags that spell text which no one sees (U+E0000 to U+E007F). */
const invisible = /[\p{Cc}--[\t\n]]|[\u{E0000}-\u{E007F}]/v;
const allInvisible = new RegExp(invisible, "gv");

/** A text without what nobody sees and a model reads. */
export const withoutInvisible = (text: string): string =>
  invisible.test(text) ? text.replaceAll(allInvisible, "") : text;
