import { clear, opaque } from "./verdict.ts";

import type { ShellWord } from "./shell-syntax.ts";
import type { Verdict } from "./verdict.ts";

const shells = /^(?:ba|da|z|k|mk|a|fi|c|tc|r|rba|pw)?sh$|^(?:busybox|toybox|nu|elvish|xonsh)$/;

// Options that only say how a script file, a module or nothing at all is run.
const harmless = /^(?:--version|-V|-v|--help|-h|--test|--check|--watch|-u|-B)$/;
const languages =
  /^(?:python[\d.]*|pypy\d*|node|nodejs|ruby[\d.]*|perl[\d.]*|php[\d.]*|lua[\d.]*|luajit|tclsh|Rscript|julia)$/;
const codeModules = /^(?:timeit|code|pdb|trace|doctest)$/;

const subcommanders = /^(?:deno|bun)$/;
const evaluates = /^(?:-|-e|-p|-c|eval|--eval.*|--print.*|repl)$/;

/** Judges a program that runs code; undefined where it is none. */
export const judgeInterpreter = (name: string, words: readonly ShellWord[]): Verdict | undefined => {
  if (shells.test(name)) return judgeShell(words);
  const values = words.slice(1).map(({ value = "" }) => value);
  if (subcommanders.test(name))
    return values.length === 0 || values.some((value) => evaluates.test(value)) ? opaque : clear;
  return languages.test(name) ? judgeLanguage(values) : undefined;
};

/** Shells always: what a script does is not in its name. The text of -c is shown where it stands. */
const judgeShell = (words: readonly ShellWord[]): Verdict => {
  const at = words.findIndex(({ value }, index) => index > 0 && /^-\w*c$/.test(value ?? ""));
  const script = at < 0 ? undefined : words.slice(at + 1).find(({ value }) => value?.startsWith("-") !== true)?.value;
  return { isOpaque: true, ...(script === undefined ? {} : { script }) };
};

const judgeLanguage = (values: readonly string[]): Verdict => {
  for (const [index, value] of values.entries()) {
    if (value === "-m") return codeModules.test(values[index + 1] ?? "timeit") ? opaque : clear;
    // What comes after a script's name is the script's.
    if (!value.startsWith("-")) return clear;
    if (!harmless.test(value)) return opaque;
  }
  // Without a file it reads its code from its input, unless it only says what it is.
  return values.length > 0 ? clear : opaque;
};
