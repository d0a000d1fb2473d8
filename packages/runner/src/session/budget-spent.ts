import { budgetFailure, spentBudget } from "@holdfast/core/session";

import { toFailure } from "../model/to-failure.ts";

import type { Failure } from "@holdfast/core/event";
import type { ActivityUse, Budget, SpentBudget } from "@holdfast/core/session";
import type { AssembledRequest } from "./assemble-request.ts";

/** Thrown in place of a request that the activity's budget has no room for. */
export class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
  readonly failure: Failure;

  constructor(spent: SpentBudget) {
    const failure = budgetFailure(spent);
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * Looks whether a request may be made, right before it would be.
 *
 * @throws BudgetSpent where it may not.
 */
export const assertBudget = (
  budget: Budget,
  used: ActivityUse,
  { request, steps }: { readonly request: AssembledRequest; readonly steps: number },
): void => {
  const { input: tokens, cost } = request.estimate;
  const spent = spentBudget(budget, used, { tokens, cost, steps });
  if (spent !== undefined) throw new BudgetSpent(spent);
};

/** How an execution ends whose next step could not be started. */
export const endFor = (error: unknown): { readonly outcome: "budget" | "failed"; readonly failure: Failure } =>
  error instanceof BudgetSpent
    ? { outcome: "budget", failure: error.failure }
    : { outcome: "failed", failure: toFailure(error) };
