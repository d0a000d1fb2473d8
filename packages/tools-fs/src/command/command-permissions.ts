import { isAbsolute, resolve } from "node:path";

import { toResource } from "../paths/lexical-path.ts";
import { judgeCommand } from "./judge-command.ts";
import { renderCommand } from "./render-command.ts";

import type { ShellCommand, ShellParser, ShellRedirect, ShellSyntax } from "./shell-syntax.ts";

/** What a text needs permission for, by action. */
export interface CommandPermissions {
  /** Each command as rules see it; `script(…)` with the whole text where its commands do not say all that it does. */
  readonly bash: readonly string[];
  /** Files inside the Location that redirections write. */
  readonly edit: readonly string[];
  /** Files inside the Location that redirections read. */
  readonly read: readonly string[];
  /** Whether the commands are all that it does, so that an approval may cover others like them. */
  readonly isPlain: boolean;
}

/** Where a text would run. */
export interface CommandPlace {
  /** The Location's directory. */
  readonly directory: string;
  /** The directory in which the shell starts, absolute. */
  readonly workdir: string;
  /** Reads the text as the shell that will run it; undefined where there is no such reader, and it is asked for as a whole. */
  readonly parse: ShellParser | undefined;
}

// They do nothing that anybody would have to allow.
const free = /^(?:true|false|:|(?:exit|break|continue)(?: \d+)?|set (?:[-+\w ]+))$/;
const sinks = /^\/dev\/(?:null|stdin|stdout|stderr|fd\/\d+)$/;
const mover = /^(?:cd|pushd|popd)$/;
/** How often a text may hold another one before it is asked for as a whole only. */
const maxDepth = 5;

/**
 * Every command of a text, each a resource by itself: all of them must be allowed. What cannot be told from the text, or is more than its
 * commands, is asked for as `script(TEXT)` as well: the brackets keep rules for commands, such as `git *` and `* --help`, from matching
 * it. The commands that are seen in it are asked for too, so that a rule that denies them holds.
 */
export const commandPermissions = (text: string, { directory, workdir, parse }: CommandPlace): CommandPermissions => {
  const script = `script(${text.trim()})`;
  const collector = new Collector(parse);
  collector.read(text, 0);
  const { found } = collector;
  const { commands, redirects } = found;
  const files = redirects.flatMap((redirect) => toFile(redirect, { directory, workdir }));
  const rendered = commands.map(renderCommand).filter((command) => !free.test(command));
  const outside = files.filter(({ action }) => action === "bash").map(({ resource }) => resource);
  const isPlain = found.isPlain && !isMoved(commands, redirects);
  const asked = [...(isPlain ? [] : [script]), ...rendered, ...outside];
  // A text that does nothing is asked for as it is.
  if (asked.length === 0 && files.length === 0) asked.push(...commands.map(renderCommand));
  if (asked.length === 0 && files.length === 0) asked.push(script);
  return { bash: [...new Set(asked)], edit: resourcesOf(files, "edit"), read: resourcesOf(files, "read"), isPlain };
};

class Collector {
  readonly #parse: ShellParser | undefined;
  readonly #commands: ShellCommand[] = [];
  readonly #redirects: ShellRedirect[] = [];
  #isPlain = true;

  constructor(parse: ShellParser | undefined) {
    this.#parse = parse;
    this.#isPlain = parse !== undefined;
  }

  get found(): ShellSyntax {
    return { isPlain: this.#isPlain, commands: this.#commands, redirects: this.#redirects };
  }

  read(text: string, depth: number): void {
    const { isPlain, commands, redirects } = this.#parse?.(text) ?? { isPlain: false, commands: [], redirects: [] };
    if (!isPlain) this.#isPlain = false;
    this.#redirects.push(...redirects);
    for (const command of commands) this.#add(command, depth);
  }

  #add(command: ShellCommand, depth: number): void {
    this.#commands.push(command);
    const { isOpaque, inner, script } = judgeCommand(command);
    if (isOpaque || depth === maxDepth) this.#isPlain = false;
    if (depth === maxDepth) return;
    if (inner !== undefined) this.#add(inner, depth + 1);
    if (script !== undefined) this.read(script, depth + 1);
  }
}

interface FileResource {
  readonly action: "bash" | "edit" | "read";
  readonly resource: string;
}

const toFile = (
  { access, target }: ShellRedirect,
  { directory, workdir }: { readonly directory: string; readonly workdir: string },
): readonly FileResource[] => {
  // One that is not known before it runs is asked for with the whole text.
  if (target.value === undefined) return [];
  const absolute = resolve(workdir, target.value);
  if (sinks.test(absolute)) return [];
  const resource = toResource(absolute, directory);
  if (resource !== undefined) return [{ action: access === "read" ? "read" : "edit", resource }];
  // Rules for files are about the Location. What is outside of it stands beside the commands.
  return [{ action: "bash", resource: `${access === "read" ? "<" : ">"} ${absolute}` }];
};

const resourcesOf = (files: readonly FileResource[], action: FileResource["action"]): readonly string[] => [
  ...new Set(files.filter((file) => file.action === action).map(({ resource }) => resource)),
];

/** Whether a name that is relative may mean another file than it says, because the directory is changed on the way. */
const isMoved = (commands: readonly ShellCommand[], redirects: readonly ShellRedirect[]): boolean => {
  if (!commands.some(({ words }) => mover.test(words[0]?.value ?? ""))) return false;
  const programs = commands.map(({ words }) => words[0]?.value ?? "");
  const names = [
    ...redirects.map(({ target }) => target.value ?? ""),
    ...programs.filter((name) => name.includes("/")),
  ];
  return names.some((name) => !isAbsolute(name));
};
