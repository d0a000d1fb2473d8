import { forEachChild, parse } from "unbash";

import type { Assignment, Command, Redirect, Script, SyntaxNode, Word, WordPart } from "unbash";
import type { ShellCommand, ShellParser, ShellRedirect, ShellSyntax, ShellWord } from "./shell-syntax.ts";

// What a text may be made of and still be no more than its commands. Anything that is not named here is not plain.
const plainNodes: ReadonlySet<SyntaxNode["type"]> = new Set([
  "Script",
  "Statement",
  "CompoundList",
  "Pipeline",
  "Time",
  "Negation",
  "AndOr",
  "If",
  "Elif",
  "While",
  "Subshell",
  "BraceGroup",
  "Redirected",
  "Command",
  "Redirect",
  "FileDescriptor",
  "HereString",
  "HereDoc",
  "HereDocDelimiter",
  "HereDocBody",
  "Assignment",
  "Word",
  "Literal",
  "Glob",
  "SingleQuoted",
  "DoubleQuoted",
  "AnsiCQuoted",
] satisfies SyntaxNode["type"][]);

// Characters in which a shell and a parser may differ, or which a person does not see: controls, and spaces that are none to bash.
const deceptive = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

// A line that is continued in the middle of an operator, of an expansion or of $'…': the parser joins some of these, where bash does not.
const brokenLine = /[^\s\w/.,:='"-]\\\n/;

/** Reads bash with the `unbash` parser. */
export const parseBash: ShellParser = (text) => {
  const visitor = new Visitor();
  try {
    visitor.visit(parse(text), text);
  } catch (error) {
    // Nested more deeply than there is stack.
    if (!(error instanceof RangeError)) throw error;
    return { isPlain: false, commands: [], redirects: [] };
  }
  const isClear = !deceptive.test(text.replaceAll(/[\n\t]/g, " ")) && !brokenLine.test(text);
  return { ...visitor.found, isPlain: visitor.found.isPlain && isClear };
};

class Visitor {
  readonly #commands: ShellCommand[] = [];
  readonly #redirects: ShellRedirect[] = [];
  #isPlain = true;

  get found(): ShellSyntax {
    return { isPlain: this.#isPlain, commands: this.#commands, redirects: this.#redirects };
  }

  /** @param source What the node's positions count in. */
  visit(node: SyntaxNode, source: string): void {
    if (!plainNodes.has(node.type)) this.#isPlain = false;
    let inner = source;
    if (node.type === "Script") inner = this.#enter(node, source);
    if (node.type === "Command") this.#addCommand(node, source);
    if (node.type === "Redirect") this.#addRedirect(node);
    // bash takes the end of the text for the end of the document, with a warning.
    if (node.type === "HereDoc" && node.closing === undefined) this.#isPlain = false;
    forEachChild(node, (child) => this.visit(child, inner));
  }

  #enter(script: Script & { readonly errors?: readonly unknown[] | undefined }, source: string): string {
    if ((script.errors ?? []).length > 0) this.#isPlain = false;
    return script.source ?? source;
  }

  #addCommand(command: Command, source: string): void {
    const { name, args, prefix } = command;
    const assignments = prefix.filter((part) => part.type === "Assignment");
    if (!assignments.every(isPlainAssignment)) this.#isPlain = false;
    if (name === undefined) {
      // It changes what later commands see: PATH, say.
      if (assignments.length > 0) this.#isPlain = false;
      return;
    }
    // An assignment among the words is one of `export` and its kin.
    const words = [name, ...args].map((word) => (word.type === "Word" ? toWord(word) : toAssigned(word)));
    if (words.some(({ value }) => value === undefined)) this.#isPlain = false;
    this.#commands.push({
      text: source.slice(name.pos, Math.max(name.end, ...args.map(({ end }) => end))),
      assignments: assignments.map(({ text }) => text),
      words,
      hasInlineInput: command.redirects.some(({ type }) => type !== "Redirect"),
    });
  }

  #addRedirect({ operator, target }: Redirect): void {
    if (target === undefined) {
      this.#isPlain = false;
      return;
    }
    const word = toWord(target);
    if (operator.endsWith("&") && /^(\d+-?|-)$/.test(word.value ?? "")) return;
    // A pattern or a home directory in the place of a file's name is known only when it is looked for.
    if (word.value === undefined || word.isGlob || word.text.startsWith("~")) this.#isPlain = false;
    this.#redirects.push({ access: operator === "<" || operator === "<&" ? "read" : "write", target: word });
  }
}

const toWord = ({ text, value, parts = [] }: Word): ShellWord => ({
  text,
  value: parts.every(isStatic) ? value : undefined,
  isGlob: parts.some(({ type }) => type === "Glob"),
});

const toAssigned = ({ text }: Assignment): ShellWord => ({ text, value: undefined, isGlob: false });

const isStatic = (part: WordPart): boolean => {
  if (part.type === "DoubleQuoted") return part.parts.every(({ type }) => type === "Literal");
  if (part.type === "Glob") return (part.parts ?? []).every(isStatic);
  if (part.type === "AnsiCQuoted") return !part.text.includes("\\\n");
  return part.type === "Literal" || part.type === "SingleQuoted";
};

const isPlainAssignment = ({ value, index, append }: Assignment): boolean =>
  value.type === "Word" && toWord(value).value !== undefined && index === undefined && append !== true;
