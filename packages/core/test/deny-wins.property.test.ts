import * as fc from "fast-check";
import { expect, it } from "vitest";

import { deniesOf, evaluate, stricter } from "../src/permission/evaluate.ts";

import type { Effect, PermissionRequest, Rule } from "../src/permission/rule.ts";
import type { Approval } from "../src/store/approval.ts";

const actions = ["bash", "edit"] as const;
const resources = ["a", "ab", "b", "a b"] as const;
const patterns = ["a", "b", "a*", "?b", "*", "a *"] as const;

const effect = fc.constantFrom<Effect>("allow", "ask", "deny");
const rules = fc.array(
  fc.record({ action: fc.constantFrom(...actions, "*"), resource: fc.constantFrom(...patterns), effect }),
  { maxLength: 5 },
);
const approval = fc
  .record({ action: fc.constantFrom(...actions), resource: fc.constantFrom(...patterns) })
  .map((given) => given as Approval);
const scene = fc.record({
  runtime: rules,
  agent: rules,
  /** The lists in force of each ancestor when the line of children was made. */
  lineage: fc.array(rules, { maxLength: 3 }),
  approvals: fc.array(approval, { maxLength: 4 }),
  /** What plugins answered. */
  hooks: fc.array(effect, { maxLength: 2 }),
  request: fc.record({ action: fc.constantFrom(...actions), resource: fc.constantFrom(...resources) }),
});

/** What each pattern matches, spelled out. */
const matched: Record<(typeof patterns)[number], readonly string[]> = {
  a: ["a"],
  b: ["b"],
  "a*": ["a", "ab", "a b"],
  "?b": ["ab"],
  "*": resources,
  "a *": ["a", "a b"],
};
const fits = (resource: string, request: PermissionRequest): boolean =>
  matched[resource as keyof typeof matched].includes(request.resource);

/** What holds, without any cleverness. */
const byDefinition = ({
  runtime,
  agent,
  lineage,
  approvals,
  hooks,
  request,
}: typeof scene extends fc.Arbitrary<infer T> ? T : never): Effect => {
  const say = (list: readonly Rule[]): Effect | undefined =>
    list.filter((rule) => ["*", request.action].includes(rule.action) && fits(rule.resource, request)).at(-1)?.effect;
  if ([runtime, ...lineage].some((list) => say(list) === "deny")) return "deny";
  const own = say([...runtime, ...agent]) ?? "ask";
  if (own === "deny" || hooks.includes("deny")) return "deny";
  if (hooks.includes("ask")) return "ask";
  const isApproved = approvals.some(({ action, resource }) => action === request.action && fits(resource, request));
  return own === "ask" && isApproved ? "allow" : own;
};

it("deny always wins: over random rules, saved approvals, plugins and lineages, 10,000 times", () => {
  const seen: Record<Effect, number> = { allow: 0, ask: 0, deny: 0 };
  fc.assert(
    fc.property(scene, (drawn) => {
      const { runtime, agent, lineage, approvals, hooks, request } = drawn;
      const bounds = [runtime, ...lineage.map(deniesOf)];
      const decided = evaluate([...runtime, ...agent], request, { bounds, approvals }).effect;
      const found = hooks.reduce(stricter, decided);
      seen[found] += 1;
      expect(found).toBe(byDefinition(drawn));
      // In other words: without approvals it is never less strict, and they change ask to allow alone.
      const without = evaluate([...runtime, ...agent], request, { bounds }).effect;
      if (without !== decided) expect([without, decided]).toEqual(["ask", "allow"]);
    }),
    { numRuns: 10_000 },
  );
  // The scenes are worth something: each effect came up often.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(300);
});
