import { canonicalJson } from "../../json/canonical.ts";
import { parseJson } from "../../json/parse.ts";

import type { CallOutcome, StopReason } from "../../event/tool-events.ts";
import type { CallPart } from "../message.ts";

/** How often one tool may fail with one input in a row before it is not run again, where a runtime does not say. */
export const failureLimit = 3;

/** What is neither: it says nothing of whether the call would fail again. */
const neither: ReadonlySet<StopReason> = new Set(["cancelled", "fenced", "unknown-outcome", "budget"]);

/**
 * How often in a row each call failed, by `callKey`, over the settled calls of an activity in their order. In a row means that no call
 * was completed in between: one that was may have changed what made the others fail.
 */
export const repeatedFailures = (
  calls: readonly Pick<CallPart, "name" | "input" | "outcome">[],
): Map<string, number> => {
  const failures = new Map<string, number>();
  for (const { name, input, outcome } of calls) {
    if (outcome === undefined) continue;
    if (outcome.status === "completed") failures.clear();
    else if (isFailure(outcome)) {
      const key = callKey(name, input);
      failures.set(key, (failures.get(key) ?? 0) + 1);
    }
  }
  return failures;
};

/** The same for two calls of one tool with the same input, however that is written. */
export const callKey = (name: string, input: string): string => {
  const parsed = parseJson(input);
  return `${name} ${parsed.ok ? toCanonical(parsed.value, input) : input}`;
};

const isFailure = (outcome: Exclude<CallOutcome, { readonly status: "completed" }>): boolean =>
  outcome.status === "failed" || !neither.has(outcome.reason);

const toCanonical = (value: Parameters<typeof canonicalJson>[0], text: string): string => {
  try {
    return canonicalJson(value);
  } catch {
    // Half an emoji, or ten thousand brackets: then two inputs are the same where their texts are.
    return text;
  }
};
