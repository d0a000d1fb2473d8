import { canonicalJson, isJsonValue, toWellFormed } from "@holdfast/core";
import { utf8Bytes } from "@holdfast/core/event";
import { boundText, maxStructuredBytes, toOutputRef } from "@holdfast/core/tool";

import type { CallId, Logger, SessionId } from "@holdfast/core";
import type { CallOutcome } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";

const encoder = new TextEncoder();

/** Which call's output, for its reference. */
export interface OutputPlace {
  readonly sessionId: SessionId;
  readonly callId: CallId;
  readonly attempt: number;
}

/** What keeps an outcome's whole. */
export interface OutcomeKeeper {
  readonly place: OutputPlace;
  readonly store: Store;
  readonly logger: Logger;
}

/**
 * The one bound of all results: what is over goes to the output store whole, and the model gets head and tail with the reference
 * between them. A structured value that is too large is left out; its text says the same.
 */
export const boundOutcome = async (
  outcome: CallOutcome,
  { place, store, logger }: OutcomeKeeper,
): Promise<CallOutcome> => {
  const content = toWellFormed(outcome.content);
  // What a tool has kept by itself is the whole, and more than its text.
  const reference = outcome.output ?? toOutputRef(place);
  const bound = boundText(content, reference);
  const small = withStructured({ ...outcome, content: bound.text });
  if (bound.whole || outcome.output !== undefined) return small;
  try {
    await store.putOutput(place, encoder.encode(content));
    return { ...small, output: reference };
  } catch (error) {
    // The outcome itself must not be lost with it: what had its effect is settled, and says what is missing.
    logger.error("the whole of an output could not be kept", { callId: place.callId, reason: String(error) });
    return withStructured({ ...outcome, content: boundText(content, "could not be kept").text });
  }
};

const withStructured = (outcome: CallOutcome): CallOutcome => {
  if (outcome.status !== "completed" || outcome.structured === undefined) return outcome;
  const { structured, ...rest } = outcome;
  return isSmall(structured) ? outcome : rest;
};

const isSmall = (value: unknown): boolean => {
  if (!isJsonValue(value)) return false;
  try {
    return utf8Bytes(canonicalJson(value)) <= maxStructuredBytes;
  } catch {
    // A lone surrogate somewhere inside: it cannot be sealed, and the text has it made well-formed.
    return false;
  }
};
