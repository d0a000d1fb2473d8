import type { StepSetting } from "./setting-of.ts";

/** Steps of an activity, where its agent does not say. */
const defaultSteps = 50;

/** How many steps an activity may have that runs with this. */
export const stepLimitOf = ({ agent }: Pick<StepSetting, "agent">): number => agent?.steps ?? defaultSteps;
