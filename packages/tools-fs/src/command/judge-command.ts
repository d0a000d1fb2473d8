import { judgeInterpreter } from "./interpreters.ts";
import { opaquePrograms, programRules } from "./program-rules.ts";
import { clear, opaque } from "./verdict.ts";
import { wrappers } from "./wrappers.ts";

import type { ShellCommand } from "./shell-syntax.ts";
import type { Verdict } from "./verdict.ts";

// These do with their input what their words say, whatever it holds.
const inlineReaders = /^(?:cat|tee|wc|sort|uniq|head|tail|grep|tr|cut|nl|rev|base64|md5sum|sha256sum|jq|diff)$/;

/** Whether a command is no more than its words, and what it runs where they name that. */
export const judgeCommand = ({ words, hasInlineInput }: ShellCommand): Verdict => {
  const [name] = words;
  if (name?.value === undefined || name.isGlob) return opaque;
  // A path to a program is judged like the program, and stands in the resource as it was written.
  const program = name.value.slice(name.value.lastIndexOf("/") + 1);
  const verdict = judgeProgram(program, words);
  return hasInlineInput && !inlineReaders.test(program) ? { ...verdict, isOpaque: true } : verdict;
};

const judgeProgram = (program: string, words: ShellCommand["words"]): Verdict => {
  if (program === "eval")
    return {
      isOpaque: true,
      script: words
        .slice(1)
        .map(({ value }) => value ?? "")
        .join(" "),
    };
  if (program === "trap") return { isOpaque: true, script: words[1]?.value ?? "" };
  if (opaquePrograms.has(program)) return opaque;
  const wrapper = wrappers.get(program);
  const rule = programRules.get(program);
  const values = words.slice(1).map(({ value = "" }) => value);
  const verdict = wrapper?.(words) ?? rule?.(values) ?? judgeInterpreter(program, words);
  if (verdict === undefined) return clear;
  return mayBecomeOption(program, words) ? { ...verdict, isOpaque: true } : verdict;
};

/** A file may be named like an option, and a pattern then puts that option in: `tar cf a.tar *`. */
const mayBecomeOption = (program: string, words: ShellCommand["words"]): boolean =>
  words.some(({ isGlob, text }) => isGlob && /^[*?[]/.test(text)) &&
  !(program === "git" && /^(?:add|rm|mv)$/.test(words[1]?.value ?? ""));
