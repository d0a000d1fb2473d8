import type { CallOutcome, StopReason } from "@holdfast/core/event";

/** Ends a call that is not run, or not to its end. */
export class CallStopped extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

const words: { readonly [TReason in StopReason]?: string } = {
  "denied-by-user": "The user declined this call.",
  "denied-by-policy": "The permission rules do not allow this call.",
  cancelled: "The call was cancelled.",
  "unknown-tool": "There is no such tool.",
  "invalid-input": "The input does not fit the tool's schema.",
  "unknown-outcome": "It is not known whether this call took effect.",
};

/** The outcome of a call that was not run, or whose outcome cannot be told. */
export const stopped = (reason: StopReason, detail: string): CallOutcome => ({
  status: "stopped",
  reason,
  content: `${words[reason] ?? "The call was stopped."} ${detail}`.trim(),
});
