import { array, assert, double, integer, option, property, record } from "fast-check";
import { describe, expect, it } from "vitest";

import { failureSchema } from "../src/event/failure.ts";
import { budgetFailure, grantedBudget, spentBudget, tightestBudget } from "../src/session/decide/budget.ts";

import type { ActivityUse, Budget } from "../src/session/decide/budget.ts";

const nothing: ActivityUse = { tokens: 0, cost: 0, steps: 0 };

const amounts = record({
  tokens: integer({ min: 0, max: 1_000 }),
  cost: double({ min: 0, max: 10, noNaN: true }),
  steps: integer({ min: 0, max: 50 }),
});
const budgets = record({
  tokens: option(integer({ min: 1, max: 1_000 }), { nil: undefined }),
  cost: option(double({ min: Number.MIN_VALUE, max: 10, noNaN: true }), { nil: undefined }),
  steps: option(integer({ min: 1, max: 50 }), { nil: undefined }),
});

describe("spentBudget", () => {
  it.each<[string, Budget, Partial<ActivityUse>, Partial<ActivityUse>, string | undefined]>([
    ["no budget", {}, { tokens: 1e9, cost: 1e9, steps: 1e9 }, { tokens: 1, cost: 1, steps: 1 }, undefined],
    ["nothing used, and room for the request", { tokens: 100 }, {}, { tokens: 100 }, undefined],
    ["nothing used, and a request that is larger than all", { tokens: 100 }, {}, { tokens: 101 }, "tokens"],
    ["used and next together one over", { tokens: 100 }, { tokens: 60 }, { tokens: 41 }, "tokens"],
    ["used up to the last one", { tokens: 100 }, { tokens: 100 }, {}, "tokens"],
    ["more used than allowed", { tokens: 100 }, { tokens: 500 }, {}, "tokens"],
    ["cost used up, and a request without a price", { cost: 1 }, { cost: 1 }, {}, "cost"],
    ["a model without a price", { cost: 0.01 }, {}, {}, undefined],
    ["the last step", { steps: 3 }, { steps: 2 }, { steps: 1 }, undefined],
    ["one step too many", { steps: 3 }, { steps: 3 }, { steps: 1 }, "steps"],
    ["another attempt of the last step", { steps: 3 }, { steps: 3 }, {}, undefined],
    ["all used up", { tokens: 1, cost: 1, steps: 1 }, { tokens: 1, cost: 1, steps: 1 }, { steps: 1 }, "steps"],
  ])("%s", (...[, budget, used, next, limit]) => {
    expect(spentBudget(budget, { ...nothing, ...used }, { ...nothing, ...next })?.limit).toBe(limit);
  });

  it("what may be made fits in every bound, and what may not breaks the bound that is named", () => {
    assert(
      property(budgets, amounts, amounts, (budget, used, next) => {
        const spent = spentBudget(budget, used, next);
        if (spent === undefined) {
          for (const limit of ["tokens", "cost", "steps"] as const)
            expect(used[limit] + next[limit]).toBeLessThanOrEqual(budget[limit] ?? Infinity);
          return;
        }
        expect(spent).toMatchObject({ used: used[spent.limit], allowed: budget[spent.limit], next: next[spent.limit] });
        expect(spent.used + spent.next).toBeGreaterThanOrEqual(spent.allowed);
      }),
    );
  });

  it("more use, a larger request or a tighter budget never makes a request possible", () => {
    assert(
      property(budgets, budgets, array(amounts, { minLength: 3, maxLength: 3 }), (budget, other, three) => {
        const [used = nothing, next = nothing, more = nothing] = three;
        if (spentBudget(budget, used, next) === undefined) return;
        const grown = {
          tokens: used.tokens + more.tokens,
          cost: used.cost + more.cost,
          steps: used.steps + more.steps,
        };
        expect(spentBudget(budget, grown, next)).toBeDefined();
        expect(spentBudget(tightestBudget(50, [budget, other]), used, next)).toBeDefined();
      }),
    );
  });
});

describe("grantedBudget", () => {
  it("allows of each bound the same again for each time that it was granted, and bounds nothing that was not bounded", () => {
    const budget = { tokens: 100, cost: 0.5, steps: 3 };
    expect(grantedBudget(budget, { tokens: 2, cost: 1, steps: 0 })).toEqual({ tokens: 300, cost: 1, steps: 3 });
    expect(grantedBudget({}, { tokens: 2, cost: 1, steps: 1 })).toEqual({});
  });
});

describe("tightestBudget", () => {
  it("takes of each bound the least that anybody gave, and leaves out what nobody bounds", () => {
    const given = [{ tokens: 10, cost: 2 }, undefined, { tokens: 20, cost: undefined }, { cost: 1 }];
    expect(tightestBudget(50, given)).toEqual({ tokens: 10, cost: 1, steps: 50 });
    expect(tightestBudget(50, [{ steps: 60 }, { steps: 3 }])).toEqual({ steps: 3 });
    expect(tightestBudget(50, [])).toEqual({ steps: 50 });
  });
});

describe("budgetFailure", () => {
  it.each([
    ["tokens", 1_200, 1_000, 80, "token-limit", "it used 1200 tokens of 1000, and the next request takes about 80."],
    ["cost", 0.1 + 0.2, 0.25, 0.01, "cost-limit", "it cost 0.3 of 0.25, and the next request costs about 0.01."],
    ["steps", 50, 50, 1, "step-limit", "it used 50 steps of 50."],
  ] as const)("of %s says what was used and what is allowed", (...row) => {
    const [limit, used, allowed, next, name, words] = row;
    const failure = failureSchema.parse(budgetFailure({ limit, used, allowed, next }));
    expect(failure).toEqual({ class: name, message: `The activity reached its limit: ${words}` });
  });
});
