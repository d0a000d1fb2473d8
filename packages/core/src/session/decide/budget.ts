import type { Failure } from "../../event/failure.ts";

/** What one activity may use; a bound that is absent does not bind. */
export interface Budget {
  /** Tokens of its attempts, in and out together. Each request counts its whole input, cached or not. */
  readonly tokens?: number | undefined;
  /** What its attempts cost, in the currency of the prices. */
  readonly cost?: number | undefined;
  readonly steps?: number | undefined;
}

/** A bound of a budget. */
export type BudgetLimit = keyof Budget;

/** What an activity has used, or what a request adds to that. A further attempt of a step is no further step. */
export interface ActivityUse {
  readonly tokens: number;
  readonly cost: number;
  readonly steps: number;
}

/** A bound that leaves no room for the next request. */
export interface SpentBudget {
  readonly limit: BudgetLimit;
  readonly used: number;
  readonly allowed: number;
  /** What the request would add, as estimated. */
  readonly next: number;
}

// Steps first: of a model that calls for ever, that it does so says more than what it came to.
const limits = ["steps", "tokens", "cost"] as const satisfies readonly BudgetLimit[];

/** Of each bound the tightest; an activity has a bound of steps always. */
export const tightestBudget = (
  steps: number,
  budgets: readonly (Budget | undefined)[],
): Budget & { readonly steps: number } => {
  const least = (limit: BudgetLimit): number => Math.min(...budgets.map((budget) => budget?.[limit] ?? Infinity));
  const [tokens, cost] = [least("tokens"), least("cost")];
  return {
    steps: Math.min(steps, least("steps")),
    ...(tokens === Infinity ? {} : { tokens }),
    ...(cost === Infinity ? {} : { cost }),
  };
};

/** How often a person granted each bound again. */
export type BudgetGrants = { readonly [L in BudgetLimit]: number };

/** A budget with what was granted beyond it: of each bound the same again, each time. */
export const grantedBudget = ({ tokens, cost, steps }: Budget, grants: BudgetGrants): Budget => ({
  ...(tokens === undefined ? {} : { tokens: tokens * (1 + grants.tokens) }),
  ...(cost === undefined ? {} : { cost: cost * (1 + grants.cost) }),
  ...(steps === undefined ? {} : { steps: steps * (1 + grants.steps) }),
});

/**
 * The bound that the next request would break; undefined where it may be made. It may where what is used and what it is estimated to
 * take fit together. Where tokens or cost are used up, not even a request that counts nothing is made.
 */
export const spentBudget = (budget: Budget, used: ActivityUse, next: ActivityUse): SpentBudget | undefined => {
  for (const limit of limits) {
    const allowed = budget[limit];
    if (allowed === undefined) continue;
    const isUsedUp = limit !== "steps" && used[limit] >= allowed;
    if (isUsedUp || used[limit] + next[limit] > allowed)
      return { limit, used: used[limit], allowed, next: next[limit] };
  }
  return undefined;
};

/** The typed end of an execution whose budget is spent. */
export const budgetFailure = ({ limit, used, allowed, next }: SpentBudget): Failure => {
  switch (limit) {
    case "steps":
      return { class: "step-limit", message: `The activity reached its limit: it used ${used} steps of ${allowed}.` };
    case "tokens":
      return {
        class: "token-limit",
        message: `The activity reached its limit: it used ${used} tokens of ${allowed}, and the next request takes about ${next}.`,
      };
    case "cost":
      return {
        class: "cost-limit",
        message: `The activity reached its limit: it cost ${amount(used)} of ${amount(allowed)}, and the next request costs about ${amount(next)}.`,
      };
    default:
      return limit satisfies never;
  }
};

// Sums of doubles have tails that nobody wants to read.
const amount = (value: number): string => String(Number(value.toPrecision(6)));
