import { canonicalJson, isJsonValue } from "@holdfast/core";
import { ToolFailure } from "@holdfast/core/tool";

import { CallDenied } from "./authorize-call.ts";
import { CallAbandoned } from "./call-life.ts";
import { stopped } from "./call-outcomes.ts";

import type { CallOutcome } from "@holdfast/core/event";
import type { Tool } from "@holdfast/core/tool";
import type { CallLife } from "./call-life.ts";
import type { Lane } from "./lane.ts";

/** What is known when a phase of a call threw. */
export interface FailedPhase {
  readonly error: unknown;
  readonly life: CallLife;
  readonly lane: Lane;
  readonly begun: boolean;
}

/**
 * The outcome of a call whose phase threw. Undefined where the call stays open: another process owns it now, or will take it up when
 * this runtime is gone. Only what is none of these is a defect of the tool.
 */
export const outcomeOfThrow = ({ error, life, lane, begun }: FailedPhase): CallOutcome | "defect" | undefined => {
  if (error instanceof CallDenied) return stopped("denied-by-policy", error.message);
  if (ToolFailure.isInstance(error)) return { status: "failed", kind: "tool-failure", content: error.message };
  if (!life.signal.aborted) return "defect";
  const abandoned = error instanceof CallAbandoned;
  if (abandoned && begun && lane.stopped !== "disposed")
    return stopped("unknown-outcome", "It did not stop when it was told to.");
  if (life.deadlinePassed) return stopped("deadline", begun ? "It had begun: check what it did." : "It was not run.");
  if (lane.stopped !== "interrupted") return undefined;
  return stopped("cancelled", begun ? "It had begun: check what it did before you repeat it." : "It was not run.");
};

/** The outcome of a call whose tool returned. What does not fit the tool's own schema is never a success. */
export const outcomeOfOutput = async (tool: Tool, output: unknown): Promise<CallOutcome> => {
  const checked = await tool.output.safeParseAsync(output);
  if (!checked.success) {
    const reason = `The tool "${tool.name}" returned something that does not fit its own schema. It may have taken effect.`;
    return { status: "failed", kind: "invalid-output", content: reason };
  }
  const value: unknown = checked.data;
  const content = present(tool, value);
  return typeof value !== "string" && isJsonValue(value)
    ? { status: "completed", content, structured: value }
    : { status: "completed", content };
};

/** The outcome of a call that failed for no reason that its tool foresaw. */
export const defect = (tool: string, error: unknown): CallOutcome => ({
  status: "failed",
  kind: "defect",
  content: `The tool "${tool}" failed unexpectedly: ${error instanceof Error ? error.message : String(error)}`,
});

const present = (tool: Tool, value: unknown): string => {
  if (tool.present !== undefined) return (tool.present as (value: unknown) => string)(value);
  if (typeof value === "string") return value;
  return isJsonValue(value) ? canonicalJson(value) : "The tool's result cannot be shown as text.";
};
