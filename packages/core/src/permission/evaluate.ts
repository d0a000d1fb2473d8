import { matchesPattern } from "./pattern.ts";

import type { Effect, PermissionRequest, Rule } from "./rule.ts";

/** What the rules say, and which rule said it; none when nothing matched, which means ask. */
export interface Evaluation {
  readonly effect: Effect;
  readonly rule?: Rule;
}

/**
 * Evaluates a request: the last matching rule decides, and no match is ask. `bounds` are rule lists from elsewhere (an ancestor's,
 * the ones recorded when the execution started): where one of them says deny, that is the answer, and nothing lifts it (promise 5).
 */
export const evaluate = (
  rules: readonly Rule[],
  request: PermissionRequest,
  bounds: readonly (readonly Rule[])[] = [],
): Evaluation => {
  for (const bound of bounds) {
    const rule = lastMatch(bound, request);
    if (rule?.effect === "deny") return { effect: "deny", rule };
  }
  const rule = lastMatch(rules, request);
  return rule === undefined ? { effect: "ask" } : { effect: rule.effect, rule };
};

/**
 * What of a rule list can deny: from its first deny on, exceptions included. This is what is recorded to bind continuations and
 * children; a list without a deny is empty.
 */
export const deniesOf = (rules: readonly Rule[]): readonly Rule[] => {
  const first = rules.findIndex((rule) => rule.effect === "deny");
  return first < 0 ? [] : rules.slice(first);
};

const strictness: Record<Effect, number> = { allow: 0, ask: 1, deny: 2 };

/** The stricter of two effects: allow < ask < deny. */
export const stricter = (left: Effect, right: Effect): Effect => (strictness[left] >= strictness[right] ? left : right);

const lastMatch = (rules: readonly Rule[], request: PermissionRequest): Rule | undefined =>
  rules.findLast(
    (rule) => matchesPattern(rule.action, request.action) && matchesPattern(rule.resource, request.resource),
  );
