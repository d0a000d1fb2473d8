import type { ShellCommand, ShellWord } from "./shell-syntax.ts";

const bare = /^(?:[\w@%+=:,./^-]+|\[|\]|\{\}|!)$/;
// As written, a tilde and patterns mean something that quoting would take away.
const written = /^[\w@%+=:,./^~*?[\]!-]+$/;

/**
 * A command as rules see it: one space between words, and quotes only where a word needs them, so that one command has one text
 * however it was written. What is not known before it runs stands as it was written.
 */
export const renderCommand = ({ assignments, words, text }: ShellCommand): string => {
  if (words.some(({ value }) => value === undefined)) return [...assignments, text].join(" ");
  return [...assignments, ...words.map(renderWord)].join(" ");
};

const renderWord = ({ text, value = text, isGlob }: ShellWord, index: number): string => {
  // A name that is quoted and looks like an assignment is none.
  if (index === 0 && value.includes("=")) return quote(value);
  if (isGlob || (text.startsWith("~") && written.test(text))) return text;
  return bare.test(value) ? value : quote(value);
};

const quote = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;
