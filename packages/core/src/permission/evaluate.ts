import { matchesPattern } from "./pattern.ts";

import type { Effect, PermissionRequest, Rule } from "./rule.ts";

/** What the rules say, and which rule said it; none when nothing matched, which means ask. */
export interface Evaluation {
  readonly effect: Effect;
  readonly rule?: Rule;
}

/** What bounds a request beside the configured rules. */
export interface EvaluationBounds {
  /** Denies in force from elsewhere: inherited from ancestors, or recorded when the execution started. */
  readonly denies?: readonly Rule[];
}

/**
 * Evaluates a request: the last matching rule decides, and no match is ask. A deny among the bounds decides whatever the
 * rules say, and nothing lifts it (promise 5).
 */
export const evaluate = (
  rules: readonly Rule[],
  request: PermissionRequest,
  bounds: EvaluationBounds = {},
): Evaluation => {
  const bound = bounds.denies?.findLast((rule) => rule.effect === "deny" && matches(rule, request));
  if (bound !== undefined) return { effect: "deny", rule: bound };
  const rule = rules.findLast((candidate) => matches(candidate, request));
  return rule === undefined ? { effect: "ask" } : { effect: rule.effect, rule };
};

const strictness: Record<Effect, number> = { allow: 0, ask: 1, deny: 2 };

/** The stricter of two effects: allow < ask < deny. */
export const stricter = (left: Effect, right: Effect): Effect => (strictness[left] >= strictness[right] ? left : right);

const matches = (rule: Rule, request: PermissionRequest): boolean =>
  matchesPattern(rule.action, request.action) && matchesPattern(rule.resource, request.resource);
