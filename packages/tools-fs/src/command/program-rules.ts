import { clear, opaque } from "./verdict.ts";

import type { Verdict } from "./verdict.ts";

type Judge = (values: readonly string[]) => Verdict;

const opaqueIf =
  (isOpaque: (values: readonly string[]) => boolean): Judge =>
  (values) =>
    isOpaque(values) ? opaque : clear;

const withArgument = (pattern: RegExp): Judge => opaqueIf((values) => values.some((value) => pattern.test(value)));

// Subcommands of git that run what they are told, or set what later ones run.
const gitRunners =
  /^(?:filter-branch|submodule|bisect|difftool|mergetool|config|daemon|hook|instaweb|send-email|var|clone)$/;
// Long options may be cut short: --exe is --exec. --output writes a file, of commands that else only show.
const gitArguments = /^--(?:ex(?!it|clude)|up|rec|op|out|conf)|^-O|^ext::/;

const judgeGit: Judge = opaqueIf((values) => {
  const at = values.findIndex((value) => !value.startsWith("-"));
  const [before, [subcommand = "", ...after]] = at < 0 ? [values, []] : [values.slice(0, at), values.slice(at)];
  if (before.some((value) => !/^--(?:version|help|no-pager)$/.test(value))) return true;
  if (subcommand === "rebase" && after.some((value) => value.startsWith("-x"))) return true;
  return gitRunners.test(subcommand) || after.some((value) => gitArguments.test(value));
});

const judgeAwk: Judge = (values) => {
  let at = 0;
  for (; at < values.length; at++) {
    const value = values[at] ?? "";
    if (value === "-F" || value === "-v") at += 1;
    else if (!/^-[Fv]./.test(value)) break;
  }
  const program = values[at] ?? "-";
  return program.startsWith("-") || /system|getline|[|>@]/.test(program) ? opaque : clear;
};

const sedOptions = /^(?:-[nErsuz]+|-i\S*|--in-place\S*|-e|--expression|--posix|--quiet|--silent)$/;
const sedAddress = String.raw`(?:\d+|\$|/[^/\\\n]*/)`;
const sedCommand = String.raw`(?:${sedAddress}(?:,${sedAddress})?)?!?\s*(?:[pdq=]|s([/|#,:@])(?:(?!\1)[^\\\n]|\\[^\n])*\1(?:(?!\1)[^\\\n]|\\[^\n])*\1[gpiI\d]*|y/[^\n/]*/[^\n/]*/)`;
const sedScript = new RegExp(`^${sedCommand}$`);

/** sed can run programs (`e`) and write files (`w`): only printing, deleting and plain substitutions are let through. */
const judgeSed: Judge = (values) => {
  const scripts: string[] = [];
  for (const [index, value] of values.entries()) {
    if (values[index - 1] === "-e" || values[index - 1] === "--expression") scripts.push(value);
    else if (value.startsWith("-") && !sedOptions.test(value)) return opaque;
  }
  if (scripts.length === 0) scripts.push(values.find((value) => !value.startsWith("-")) ?? "");
  return scripts.every((script) => sedScript.test(script)) ? clear : opaque;
};

const setOptions = /^(?:-[eux]*o?|\+[ex]|pipefail|errexit|nounset)$/;

/** Programs that run something else only where they are told to by their arguments. */
export const programRules: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ["git", judgeGit],
  ["awk", judgeAwk],
  ["gawk", judgeAwk],
  ["mawk", judgeAwk],
  ["nawk", judgeAwk],
  ["sed", judgeSed],
  ["gsed", judgeSed],
  ["set", opaqueIf((values) => values.length === 0 || !values.every((value) => setOptions.test(value)))],
  ["test", withArgument(/^-[vR]$/)],
  ["[", withArgument(/^-[vR]$/)],
  ["printf", withArgument(/^-v/)],
  ["wait", withArgument(/^-p/)],
  ["tar", withArgument(/^--(?:checkpoint-|to-c|us|info|new-v|rs|rm)|^-?[a-zA-Z]*[IF]/)],
  ["rsync", withArgument(/^--(?:rsh|rsync-path)|^-[a-zA-Z]*e/)],
  ["zip", withArgument(/^-\w*T|^--unzip-command/)],
  ["scp", withArgument(/^-[SoF]/)],
  ["sftp", withArgument(/^-[SobF]/)],
  ["sort", withArgument(/^--comp/)],
  ["split", withArgument(/^--fi/)],
  ["rg", withArgument(/^--(?:pre|hostname-bin)/)],
  ["fd", withArgument(/^-[a-zA-Z]*[xX]|^--exec/)],
  ["npx", opaqueIf(([first = "-"]) => first.startsWith("-") && first !== "-y" && first !== "--yes")],
  ["npm", withArgument(/^(?:-c|--call|--script-shell|--node-options|exec|x|config|set)/)],
  ["pnpm", withArgument(/^(?:-c|--shell-mode|--script-shell|--node-options|exec|dlx|config|set)/)],
  ["yarn", withArgument(/^(?:exec|dlx|config|set)$/)],
  ["go", withArgument(/^-{1,2}(?:exec|toolexec|vettool)/)],
  ["cargo", withArgument(/^--config/)],
  ["make", withArgument(/^(?:--eval|-f|-E|SHELL=|--file|--makefile)/)],
  ["cmake", withArgument(/^-[EP]/)],
  ["docker", withArgument(/^(?:run|exec|compose|build)$/)],
  ["podman", withArgument(/^(?:run|exec|compose|build)$/)],
  ["kubectl", withArgument(/^(?:exec|run|debug|plugin)$/)],
]);

/** Programs and builtins that are there to run something else, or that change what the commands after them mean. */
export const opaquePrograms: ReadonlySet<string> = new Set(
  `. source eval trap alias unalias enable hash shopt export declare typeset readonly local read mapfile readarray getopts let unset bind
  complete compgen compopt coproc fc history parallel watch entr ssh su runuser chroot unshare nsenter systemd-run at batch crontab strace
  ltrace gdb lldb flock script expect socat tmux screen dbus-run-session xvfb-run unbuffer fakeroot proot bwrap firejail taskset chrt setarch
  setpriv capsh pkexec run-parts start-stop-daemon direnv dotenv cross-env concurrently osascript vi vim nvim view ex ed emacs nano less more
  man m4 sqlite3 psql mysql redis-cli uv poetry pipx pipenv conda nix-shell nix rlwrap`
    .split(/\s+/)
    .filter((name) => name !== ""),
);
