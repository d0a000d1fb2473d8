import { clear, innerVerdict, opaque } from "./verdict.ts";

import type { ShellWord } from "./shell-syntax.ts";
import type { Verdict } from "./verdict.ts";

type Judge = (words: readonly ShellWord[]) => Verdict;

const valueOf = (word: ShellWord | undefined): string => word?.value ?? "";

/** The words after the name are the command. An option in front of it makes it opaque. */
const plainWrapper: Judge = (words) => innerVerdict(words.slice(1));

const alone =
  (judge: Judge): Judge =>
  (words) =>
    words.length === 1 ? clear : judge(words);

const afterAssignments: Judge = (words) => {
  const at = words.findIndex(
    ({ value, isGlob }, index) => index > 0 && (isGlob || !/^[A-Za-z_]\w*=/.test(value ?? "")),
  );
  return at < 0 ? clear : innerVerdict(words.slice(at));
};

const afterDuration: Judge = (words) =>
  /^\d+(\.\d+)?[smhd]?$/.test(valueOf(words[1])) ? innerVerdict(words.slice(2)) : opaque;

const afterNiceness: Judge = (words) => {
  if (valueOf(words[1]) === "-n" && /^-?\d+$/.test(valueOf(words[2]))) return innerVerdict(words.slice(3));
  return innerVerdict(words.slice(1));
};

const xargsFlags = /^-[0rtpx]+$/;
const xargsValues = /^-[nPLIdsE]$/;

/** What xargs appends is not known, so it is opaque; what it is appended to is shown all the same. */
const afterXargs: Judge = (words) => {
  let at = 1;
  for (; at < words.length; at++) {
    const value = valueOf(words[at]);
    if (xargsValues.test(value)) at += 1;
    else if (!xargsFlags.test(value)) break;
  }
  return innerVerdict(words.slice(at), true);
};

const executes = /^-(?:exec|execdir|ok|okdir)$/;

const findExec: Judge = (words) => {
  const at = words.findIndex(({ value }) => executes.test(value ?? ""));
  if (at < 0) return clear;
  const rest = words.slice(at + 1);
  const end = rest.findIndex(({ value }) => value === ";" || value === "+");
  // A second one would run a second command.
  if (end < 0 || rest.slice(end).some(({ value }) => executes.test(value ?? ""))) return opaque;
  const inner = rest.slice(0, end);
  // Which program runs must not depend on what is found.
  return valueOf(inner[0]).includes("{}") ? opaque : innerVerdict(inner);
};

/** Commands whose words hold another one. That one is judged too. */
export const wrappers: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ["nohup", plainWrapper],
  ["setsid", plainWrapper],
  ["command", plainWrapper],
  ["builtin", plainWrapper],
  ["exec", alone(plainWrapper)],
  ["time", plainWrapper],
  ["sudo", plainWrapper],
  ["doas", plainWrapper],
  ["stdbuf", plainWrapper],
  ["ionice", plainWrapper],
  ["nice", alone(afterNiceness)],
  ["timeout", afterDuration],
  ["env", alone(afterAssignments)],
  ["xargs", afterXargs],
  ["find", findExec],
]);
