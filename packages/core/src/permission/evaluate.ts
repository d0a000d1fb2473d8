import { matchesPattern } from "./pattern.ts";

import type { Approval } from "../store/approval.ts";
import type { Effect, PermissionRequest, Rule } from "./rule.ts";

/** What the rules say, and which rule said it; none when nothing matched, which means ask. */
export interface Evaluation {
  readonly effect: Effect;
  readonly rule?: Rule;
  /** The saved approval that turned ask into allow. */
  readonly approval?: Approval;
}

/** What binds a rule list from outside, and what people said beside it. */
export interface Binding {
  /**
   * Rule lists from elsewhere: an ancestor's, the ones recorded when the execution started. Where one of them says deny, that is the answer,
   * and nothing lifts it (promise 5).
   */
  readonly bounds?: readonly (readonly Rule[])[];
  /**
   * The saved approvals of the session's project: they turn ask into allow, and nothing else. Each is for the very action that it names, and
   * for the resources that its pattern matches.
   */
  readonly approvals?: readonly Approval[];
}

/** Evaluates a request: the last matching rule decides, and no match is ask; unless a bound denies, or an approval answers the ask. */
export const evaluate = (
  rules: readonly Rule[],
  request: PermissionRequest,
  { bounds = [], approvals = [] }: Binding = {},
): Evaluation => {
  for (const bound of bounds) {
    const rule = lastMatch(bound, request);
    if (rule?.effect === "deny") return { effect: "deny", rule };
  }
  const rule = lastMatch(rules, request);
  const found: Evaluation = rule === undefined ? { effect: "ask" } : { effect: rule.effect, rule };
  if (found.effect !== "ask") return found;
  const approval = approvals.find(
    ({ action, resource }) => action === request.action && matchesPattern(resource, request.resource),
  );
  return approval === undefined ? found : { ...found, effect: "allow", approval };
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
