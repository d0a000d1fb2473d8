import type { Mutant } from "./mutant.ts";

/**
 * The source of a file as the mutant has it; null for a file that it leaves alone.
 *
 * @throws where what is to be changed is not there exactly once: the source moved on, and the mutant has to follow.
 */
export const applyMutant = ({ name, edits }: Mutant, file: string, source: string): string | null => {
  const own = edits.filter((edit) => edit.file === file);
  if (own.length === 0) return null;
  return own.reduce((text, { find, replace }) => {
    const occurrences = text.split(find).length - 1;
    if (occurrences !== 1)
      throw new Error(`mutant "${name}": expected its text once in ${file}, found it ${occurrences} times: ${find}`);
    return text.replace(find, () => replace);
  }, source);
};
