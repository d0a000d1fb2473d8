import { tightestBudget } from "@holdfast/core/session";

import type { Budget } from "@holdfast/core/session";
import type { Services } from "../services.ts";
import type { StepSetting } from "./setting-of.ts";

/** Steps of an activity, where its agent does not say. */
const defaultSteps = 50;

/** What an activity may use that runs with this: of the runtime's budget and its agent's the tightest. It has a bound of steps always. */
export const budgetOf = (
  services: Pick<Services, "budget">,
  { agent }: Pick<StepSetting, "agent">,
): Budget & { readonly steps: number } =>
  tightestBudget(agent?.steps ?? defaultSteps, [services.budget, agent?.budget]);
