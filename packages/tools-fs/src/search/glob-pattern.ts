import { ToolFailure } from "@holdfast/core/tool";

const maxAlternatives = 64;

type Token = { readonly kind: "one"; readonly matches: (character: string) => boolean } | { readonly kind: "star" };
type Segment = "**" | readonly Token[];

/**
 * A pattern of paths: `*` and `?` within a name, `**` for any directories, `[a-z]`, `{a,b}`, and `\` before a character that stands for
 * itself. One without `/` matches names in any directory. Matching takes at most pattern × path steps.
 */
export class GlobPattern {
  readonly #alternatives: readonly (readonly Segment[])[];
  /** What matching names look like at their end, for ripgrep, which then prints no others; undefined where that says too much. */
  readonly nameGlob: string | undefined;

  /** @throws ToolFailure for a pattern that is none. */
  constructor(pattern: string) {
    this.#alternatives = expandBraces(pattern).map((alternative) => {
      const segments = alternative.replace(/^(?:\.\/)+/, "").split("/");
      if (!alternative.includes("/")) segments.unshift("**");
      return segments.map((segment) => (segment === "**" ? segment : toTokens(segment, pattern)));
    });
    const name = pattern.slice(pattern.lastIndexOf("/") + 1);
    const isBalanced = name.split("{").length === name.split("}").length;
    this.nameGlob =
      /^[\w.*?{},-]+$/.test(name) && name !== "**" && isBalanced ? name.replaceAll(/\*+/g, "*") : undefined;
  }

  matches(path: string): boolean {
    let names: readonly string[] | undefined;
    return this.#alternatives.some((segments) => {
      const [first, second] = segments;
      if (first === "**" && segments.length === 1) return true;
      // The usual pattern is about a name in any directory, and then only the name is looked at.
      if (first === "**" && segments.length === 2 && second !== undefined && second !== "**")
        return matchesName(second, path.slice(path.lastIndexOf("/") + 1));
      names ??= path.split("/");
      return matchesAll(segments, names);
    });
  }
}

/** The directories that a pattern names before its first wildcard, and the rest of it. */
export const splitGlob = (pattern: string): { readonly directory: string; readonly rest: string } => {
  const segments = pattern.split("/");
  const first = segments.findIndex((segment) => /[*?[{\\]/.test(segment));
  const at = Math.min(first < 0 ? segments.length : first, segments.length - 1);
  const directory = segments.slice(0, at).join("/");
  // In the directory itself, a pattern without "/" would match at any depth.
  const rest = segments.slice(at).join("/");
  return {
    directory: pattern.startsWith("/") && directory === "" ? "/" : directory,
    rest: at > 0 ? `./${rest}` : rest,
  };
};

const expandBraces = (pattern: string): readonly string[] => {
  let found = [""];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    let pieces = [character];
    if (character === "\\") pieces = [pattern.slice(at, ++at + 1)];
    if (character === "{") {
      const { parts, end } = braceParts(pattern, at);
      pieces = parts.flatMap(expandBraces);
      at = end;
    }
    found = found.flatMap((before) => pieces.map((piece) => before + piece));
    if (found.length > maxAlternatives)
      throw new ToolFailure(`The pattern ${pattern} has more than ${maxAlternatives} alternatives. Use a simpler one.`);
  }
  return found;
};

const braceParts = (pattern: string, start: number): { readonly parts: readonly string[]; readonly end: number } => {
  const parts: string[] = [];
  let [depth, from] = [0, start + 1];
  for (let at = start; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "\\") at += 1;
    if (character === "{") depth += 1;
    if (character === "," && depth === 1) from = parts.push(pattern.slice(from, at)) && at + 1;
    if (character !== "}" || --depth > 0) continue;
    return { parts: [...parts, pattern.slice(from, at)], end: at };
  }
  throw new ToolFailure(`A "{" of the pattern ${pattern} is not closed. Close it, or write \\{ for the character.`);
};

const toTokens = (segment: string, pattern: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < segment.length; at++) {
    const character = segment.charAt(at);
    if (character === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
    } else if (character === "?") {
      tokens.push({ kind: "one", matches: () => true });
    } else if (character === "[") {
      const end = segment.indexOf("]", at + 2);
      if (end < 0)
        throw new ToolFailure(
          `A "[" of the pattern ${pattern} is not closed. Close it, or write \\[ for the character.`,
        );
      tokens.push({ kind: "one", matches: toClass(segment.slice(at + 1, end)) });
      at = end;
    } else {
      const literal = character === "\\" ? segment.charAt(++at) : character;
      tokens.push({ kind: "one", matches: (found) => found === literal });
    }
  }
  return tokens;
};

const toClass = (text: string): ((character: string) => boolean) => {
  const isNegated = /^[!^]/.test(text);
  const members = isNegated ? text.slice(1) : text;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at++) {
    const isRange = members[at + 1] === "-" && at + 2 < members.length;
    ranges.push([members.charAt(at), members.charAt(isRange ? at + 2 : at)]);
    if (isRange) at += 2;
  }
  return (character) => ranges.some(([low, high]) => low <= character && character <= high) !== isNegated;
};

/** Greedy, with one point to return to: what stands before the last wildcard never has to be looked at again. */
const matchesSequence = <TPattern, TItem>(
  pattern: readonly TPattern[],
  items: ArrayLike<TItem>,
  {
    isWild,
    matches,
  }: { readonly isWild: (part: TPattern) => boolean; readonly matches: (part: TPattern, item: TItem) => boolean },
): boolean => {
  let [at, next, star, resume] = [0, 0, -1, 0];
  while (next < items.length) {
    const part = pattern[at];
    if (part !== undefined && isWild(part)) {
      star = at++;
      resume = next;
    } else if (part !== undefined && matches(part, items[next] as TItem)) {
      at++;
      next++;
    } else if (star >= 0) {
      at = star + 1;
      next = ++resume;
    } else {
      return false;
    }
  }
  while (at < pattern.length && isWild(pattern[at] as TPattern)) at++;
  return at === pattern.length;
};

const matchesAll = (segments: readonly Segment[], names: readonly string[]): boolean =>
  matchesSequence(segments, names, {
    isWild: (segment) => segment === "**",
    matches: (segment, name) => segment !== "**" && matchesName(segment, name),
  });

const matchesName = (tokens: readonly Token[], name: string): boolean =>
  matchesSequence(tokens, name, {
    isWild: ({ kind }) => kind === "star",
    matches: (token, character: string) => token.kind === "one" && token.matches(character),
  });
