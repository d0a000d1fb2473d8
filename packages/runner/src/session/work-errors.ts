import { HoldfastError } from "@holdfast/core";

import { LaneStopped } from "./lane-stopped.ts";

/** What work on a session failed of: a lane that broke says why. */
export const causeOf = (error: unknown): unknown => (error instanceof LaneStopped ? error.cause : error);

/** Whether somebody else was first: another owner, or a person whose answer came in between. */
export const isRace = (error: unknown): boolean =>
  HoldfastError.isInstance(error, "store.fenced") || HoldfastError.isInstance(causeOf(error), "store.condition-failed");

/** Whether the session was deleted while work on it was about to start: there is none. */
export const isOfDeleted = (error: unknown): boolean => HoldfastError.isInstance(causeOf(error), "session.deleted");

/** Whether the same may succeed a little later. */
export const isPassing = (error: unknown): boolean => {
  const cause = causeOf(error);
  return HoldfastError.isInstance(cause) && cause.retryable;
};
