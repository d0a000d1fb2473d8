// Entry "./session": for who writes a runtime.
export { admitInput } from "./session/decide/admit-input.ts";
export { askIdentity } from "./session/decide/ask-identity.ts";
export { callVerdict } from "./session/decide/call-verdict.ts";
export { isAsking } from "./session/decide/is-asking.ts";
export { mergeWakes, nextWork } from "./session/decide/next-work.ts";
export { callKey, failureLimit, repeatedFailures } from "./session/decide/repeated-failures.ts";
export { isFreshFor, standingOf } from "./session/decide/rest.ts";
export { firstRetryMs, retryLimit, scheduleRetry } from "./session/decide/schedule-retry.ts";
export { probeVerdict } from "./session/decide/probe-verdict.ts";
export { selectPromotions } from "./session/decide/select-promotions.ts";
export { stricterReplay } from "./session/decide/stricter-replay.ts";
export { recoveryLimit, takeClaim } from "./session/decide/take-claim.ts";
export { forkEvents } from "./session/fork-session.ts";
export { History } from "./session/history.ts";
export { project } from "./session/project/project.ts";

export type { ForkTarget } from "./session/fork-session.ts";
export type { AdmissionEnvironment, NewInput } from "./session/decide/admit-input.ts";
export type { AskSubject } from "./session/decide/ask-identity.ts";
export type { AskView } from "./session/decide/is-asking.ts";
export type { CallForecastVerdict, Consent, OpenCall, ReplayTerms } from "./session/decide/call-verdict.ts";
export type { Found, ProbeTerms } from "./session/decide/probe-verdict.ts";
export type { FailedAttempt, Retry, RetryTerms } from "./session/decide/schedule-retry.ts";
export type { ScheduledRetry } from "./session/history.ts";
export type { Wake, Work } from "./session/decide/next-work.ts";
export type { OwnerState, Standing } from "./session/decide/rest.ts";
