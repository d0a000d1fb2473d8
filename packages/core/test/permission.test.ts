import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { deniesOf, evaluate, stricter } from "../src/permission/evaluate.ts";
import { matchesPattern } from "../src/permission/pattern.ts";
import { rulesText, ruleSchema } from "../src/permission/rule.ts";

import type { Effect, Rule } from "../src/permission/rule.ts";

/** What a pattern means, by definition and without any cleverness. */
const matchesByDefinition = (pattern: string, text: string): boolean => {
  const [wanted, rest] = [pattern[0], pattern.slice(1)];
  if (wanted === undefined) return text === "";
  if (wanted === "*")
    return matchesByDefinition(rest, text) || (text !== "" && matchesByDefinition(pattern, text.slice(1)));
  return text !== "" && (wanted === "?" || wanted === text[0]) && matchesByDefinition(rest, text.slice(1));
};

const rule = (effect: Effect, action = "*", resource = "*"): Rule => ({ action, resource, effect });
const bash = (resource: string) => ({ action: "bash", resource });

const patternArbitrary = fc.string({ unit: fc.constantFrom("a", "b", " ", "/", "*", "?"), maxLength: 8 });
const textArbitrary = fc.string({ unit: fc.constantFrom("a", "b", " ", "/"), maxLength: 8 });
const ruleArbitrary = fc.record({
  action: fc.constantFrom("bash", "edit", "*"),
  resource: fc.constantFrom("a", "b", "a*", "*"),
  effect: fc.constantFrom<Effect>("allow", "ask", "deny"),
});
const requestArbitrary = fc.record({
  action: fc.constantFrom("bash", "edit"),
  resource: fc.constantFrom("a", "ab", "b"),
});

describe("matchesPattern", () => {
  it("agrees with the definition: * is any run, ? any one unit, a trailing ' *' optional", () => {
    fc.assert(
      fc.property(patternArbitrary, textArbitrary, (pattern, text) => {
        const byDefinition =
          matchesByDefinition(pattern, text) ||
          (pattern.endsWith(" *") && matchesByDefinition(pattern.slice(0, -2), text));
        expect(matchesPattern(pattern, text)).toBe(byDefinition);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["*", "", true],
    ["*", "a/b\nc", true],
    ["src/*", "src/a/b.ts", true],
    ["src/*", "src", false],
    ["git *", "git", true],
    ["git *", "git push", true],
    ["git *", "github", false],
    ["git*", "github", true],
    ["?", "", false],
    ["?", "\u{1f600}", false],
    ["??", "\u{1f600}", true],
    ["a.c", "abc", false],
    ["[a-z]+", "abc", false],
    ["A", "a", false],
    ["", "", true],
    ["", "a", false],
  ])("%j on %j is %j", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it("answers at once for a pattern that makes regular expressions backtrack for minutes", () => {
    expect(matchesPattern(`${"*a".repeat(1_000)}b`, "a".repeat(4_096))).toBe(false);
  });
});

describe("evaluate", () => {
  const [allow, ask, deny] = [rule("allow"), rule("ask"), rule("deny")];
  it.each<{ name: string; rules: readonly Rule[]; bounds: readonly (readonly Rule[])[]; effect: Effect; by?: Rule }>([
    { name: "asks where there are no rules", rules: [], bounds: [], effect: "ask" },
    { name: "asks where no rule matches", rules: [rule("allow", "edit")], bounds: [], effect: "ask" },
    { name: "asks where only the action matches", rules: [rule("allow", "bash", "rm")], bounds: [], effect: "ask" },
    { name: "takes the last match: allow after deny", rules: [deny, allow], bounds: [], effect: "allow", by: allow },
    { name: "takes the last match: deny after allow", rules: [allow, deny], bounds: [], effect: "deny", by: deny },
    {
      name: "passes over later rules that do not match",
      rules: [deny, rule("allow", "edit")],
      bounds: [],
      effect: "deny",
      by: deny,
    },
    { name: "lets a bound's deny win over allow", rules: [allow], bounds: [[deny]], effect: "deny", by: deny },
    { name: "lets any bound's deny win", rules: [allow], bounds: [[allow], [], [deny]], effect: "deny", by: deny },
    { name: "lets a bound's own exception stand", rules: [allow], bounds: [[deny, allow]], effect: "allow", by: allow },
    {
      name: "lets no other bound lift a bound's deny",
      rules: [allow],
      bounds: [[deny], [allow]],
      effect: "deny",
      by: deny,
    },
    { name: "takes no permission from a bound's allow", rules: [], bounds: [[allow]], effect: "ask" },
    { name: "is not tightened by a bound's ask", rules: [allow], bounds: [[ask]], effect: "allow", by: allow },
  ])("$name", ({ rules, bounds, effect, by }) => {
    const expected = by === undefined ? { effect } : { effect, rule: by };
    expect(evaluate(rules, bash("ls"), { bounds })).toStrictEqual(expected);
  });

  it("never answers anything but deny once a bound denies, whatever the rules", () => {
    fc.assert(
      fc.property(fc.array(ruleArbitrary), fc.array(ruleArbitrary), requestArbitrary, (rules, bound, request) => {
        if (evaluate(bound, request).effect === "deny")
          expect(evaluate(rules, request, { bounds: [bound] }).effect).toBe("deny");
        else expect(evaluate(rules, request, { bounds: [bound] })).toEqual(evaluate(rules, request));
      }),
    );
  });
});

describe("deniesOf", () => {
  it("keeps everything from the first deny on, and nothing where there is no deny", () => {
    const [allow, deny, exception] = [rule("allow"), rule("deny", "bash"), rule("allow", "bash", "ls")];
    expect(deniesOf([allow, deny, exception])).toEqual([deny, exception]);
    expect(deniesOf([allow, rule("ask")])).toEqual([]);
    expect(deniesOf([])).toEqual([]);
  });

  it("denies exactly what the whole list denies", () => {
    fc.assert(
      fc.property(fc.array(ruleArbitrary), requestArbitrary, (rules, request) => {
        const isDenied = evaluate(rules, request).effect === "deny";
        expect(evaluate([rule("allow")], request, { bounds: [deniesOf(rules)] }).effect === "deny").toBe(isDenied);
      }),
    );
  });
});

describe("stricter", () => {
  it.each<[Effect, Effect, Effect]>([
    ["allow", "allow", "allow"],
    ["allow", "ask", "ask"],
    ["allow", "deny", "deny"],
    ["ask", "ask", "ask"],
    ["ask", "deny", "deny"],
    ["deny", "deny", "deny"],
  ])("of %s and %s is %s, in either order", (left, right, expected) => {
    expect([stricter(left, right), stricter(right, left)]).toEqual([expected, expected]);
  });
});

describe("rules", () => {
  it("refuse members that they do not know, empty patterns and other effects", () => {
    const valid = rule("allow");
    expect(ruleSchema.safeParse(valid).success).toBe(true);
    for (const invalid of [
      { ...valid, extra: 1 },
      { ...valid, action: "" },
      { ...valid, effect: "maybe" },
    ]) {
      expect(ruleSchema.safeParse(invalid).success).toBe(false);
    }
  });

  it("are kept as canonical JSON, so that equal lists are equal texts", () => {
    expect(rulesText([[{ resource: "*", effect: "deny", action: "bash" }], []])).toBe(
      '[[{"action":"bash","effect":"deny","resource":"*"}],[]]',
    );
  });
});
