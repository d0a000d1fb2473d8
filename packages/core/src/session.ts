// Entry "./session": for who writes a runtime.
export { activityChoice, activityInputs } from "./session/decide/activity-choice.ts";
export { admitInput } from "./session/decide/admit-input.ts";
export { budgetFailure, spentBudget, tightestBudget } from "./session/decide/budget.ts";
export { callVerdict } from "./session/decide/call-verdict.ts";
export { mergeWakes, nextWork } from "./session/decide/next-work.ts";
export { isFreshFor, standingOf } from "./session/decide/rest.ts";
export { firstRetryMs, retryLimit, scheduleRetry } from "./session/decide/schedule-retry.ts";
export { selectPromotions } from "./session/decide/select-promotions.ts";
export { replaceInput } from "./session/decide/replace-input.ts";
export { recoveryLimit, takeClaim } from "./session/decide/take-claim.ts";
export { forkEvents } from "./session/fork-session.ts";
export { History } from "./session/history.ts";
export { project } from "./session/project/project.ts";

export type { ForkTarget } from "./session/fork-session.ts";
export type { ActivityChoice } from "./session/decide/activity-choice.ts";
export type { ActivityUse, Budget, BudgetLimit, SpentBudget } from "./session/decide/budget.ts";
export type { AdmissionEnvironment, NewInput } from "./session/decide/admit-input.ts";
export type { Consent, OpenCall } from "./session/decide/call-verdict.ts";
export type { InputReplacement } from "./session/decide/replace-input.ts";
export type { FailedAttempt, Retry, RetryTerms } from "./session/decide/schedule-retry.ts";
export type { ScheduledRetry } from "./session/history.ts";
export type { Wake, Work } from "./session/decide/next-work.ts";
export type { OwnerState, Standing } from "./session/decide/rest.ts";
