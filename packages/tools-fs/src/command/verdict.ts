import type { ShellCommand, ShellWord } from "./shell-syntax.ts";

/** What a command comes to, beyond its own words. */
export interface Verdict {
  /** Its words do not say what it runs, or what those after it will be. */
  readonly isOpaque: boolean;
  /** A command that its words name. */
  readonly inner?: ShellCommand;
  /** Shell text that its words hold. */
  readonly script?: string;
}

/** No more than its words say. */
export const clear: Verdict = { isOpaque: false };

/** What it runs is not in its words. */
export const opaque: Verdict = { isOpaque: true };

/** The command that some of a command's words make up; opaque where there is none. */
export const innerVerdict = (words: readonly ShellWord[], isOpaque = false): Verdict => {
  const [name] = words;
  if (name?.value === undefined || name.isGlob || name.value === "" || name.value.startsWith("-")) return opaque;
  const text = words.map((word) => word.text).join(" ");
  return { isOpaque, inner: { text, words, assignments: [], hasInlineInput: false } };
};
