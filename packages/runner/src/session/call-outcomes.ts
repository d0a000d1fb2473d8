import type { CallOutcome, StopReason } from "@holdfast/core/event";

const texts: { readonly [R in StopReason]: (detail: string) => string } = {
  "denied-by-user": (detail) => `The user declined this call. ${detail}`,
  "denied-by-policy": (detail) => `The permission rules do not allow this call. ${detail}`,
  fenced: () => "Another process took the session over before this call began. It was not run.",
  cancelled: (detail) => `The call was cancelled. ${detail}`,
  infrastructure: (detail) => `The call could not be run here. ${detail}`,
  deadline: (detail) => `The call took too long and was stopped. ${detail}`,
  budget: (detail) => `The call was not run: a limit was reached. ${detail}`,
  "stale-registration": () =>
    "The tool changed since you were told of it. The call was not run; look at the tools again.",
  "unknown-tool": (detail) => `There is no such tool. ${detail}`,
  "invalid-input": (detail) => `The input does not fit the tool's schema, and the call was not run. ${detail}`,
  "unknown-outcome": (detail) =>
    `It is not known whether this call took effect: it had begun when it was interrupted. Check before you repeat it. ${detail}`,
};

/** The outcome of a call that was not run, or whose outcome cannot be told: a text of its own for each reason. */
export const stopped = (reason: StopReason, detail = ""): CallOutcome => ({
  status: "stopped",
  reason,
  content: texts[reason](detail).trim(),
});
