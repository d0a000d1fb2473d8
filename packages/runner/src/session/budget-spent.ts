import { budgetFailure, grantedBudget, spentBudget } from "@holdfast/core/session";

import { toFailure } from "../model/to-failure.ts";
import { grantsSince } from "./grants-since.ts";

import type { Failure } from "@holdfast/core/event";
import type { ActivityUse, Budget, SpentBudget } from "@holdfast/core/session";
import type { AssembledRequest } from "./assemble-request.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/** Thrown in place of a request that the activity's budget has no room for. */
export class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
  readonly spent: SpentBudget;
  readonly failure: Failure;

  constructor(spent: SpentBudget) {
    const failure = budgetFailure(spent);
    super(failure.message);
    this.spent = spent;
    this.failure = failure;
  }
}

/** A request that is about to be made. */
export interface BudgetedRequest {
  readonly budget: Budget;
  readonly request: Pick<AssembledRequest, "estimate">;
  /** 1 for a step's first attempt, 0 for a further one. */
  readonly steps: number;
  /** Whether it opens an activity, whose allowance is whole. */
  readonly opens: boolean;
}

const unused: ActivityUse = { tokens: 0, cost: 0, steps: 0 };

/**
 * Looks whether a request may be made, right before it would be: within the budget, and what people granted beyond it.
 *
 * @throws BudgetSpent where it may not.
 */
export const assertBudget = async (
  kernel: Kernel,
  lane: Lane,
  { budget, request, steps, opens }: BudgetedRequest,
): Promise<void> => {
  const { input: tokens, cost } = request.estimate;
  const used = opens ? unused : lane.used;
  const next = { tokens, cost, steps };
  let spent = spentBudget(budget, used, next);
  if (spent !== undefined && kernel.services.onBudget === "ask") {
    const { messages } = lane.history.history;
    const since = messages.findLast(({ role }) => opens || role === "user")?.seq ?? -1;
    spent = spentBudget(grantedBudget(budget, await grantsSince(kernel, lane, since)), used, next);
  }
  if (spent !== undefined) throw new BudgetSpent(spent);
};

/** How an execution ends whose next step could not be started. */
export const endFor = (error: unknown): { readonly outcome: "budget" | "failed"; readonly failure: Failure } =>
  error instanceof BudgetSpent
    ? { outcome: "budget", failure: error.failure }
    : { outcome: "failed", failure: toFailure(error) };
