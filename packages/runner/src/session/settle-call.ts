import { canonicalJson, isJsonValue, toWellFormedJson } from "@holdfast/core";
import { ToolFailure } from "@holdfast/core/tool";

import { reasonOf } from "../reason-of.ts";
import { CallDenied } from "./call-denied.ts";
import { CallAbandoned } from "./call-life.ts";
import { stopped } from "./call-outcomes.ts";

import type { CallOutcome } from "@holdfast/core/event";
import type { Tool } from "@holdfast/core/tool";
import type { CallLife } from "./call-life.ts";
import type { Lane } from "./lane.ts";

/** How far a call has come: `begun` is durable, and `executing` may have changed the world. */
export type CallPhase = "called" | "begun" | "executing";

/** What is known when a phase of a call threw. */
export interface FailedPhase {
  readonly error: unknown;
  readonly life: CallLife;
  readonly lane: Lane;
  readonly phase: CallPhase;
  /** Whether the call had begun in an earlier process: what did not run again may have run before. */
  readonly hadBegun: boolean;
}

const checkIt = "It had begun: check what it did before you repeat it.";

/**
 * The outcome of a call whose phase threw. Undefined where the call stays open: another process owns it now, or will take it up when
 * this runtime is gone. Only what is none of these is a defect of the tool.
 */
export const outcomeOfThrow = ({
  error,
  life,
  lane,
  phase,
  hadBegun,
}: FailedPhase): CallOutcome | "defect" | undefined => {
  const notRun = hadBegun ? `It was not run again. ${checkIt}` : "It was not run.";
  // Where the lane stopped meanwhile, that is why: a dismissed question interrupts, and denies by the way.
  if (error instanceof CallDenied && lane.stopped === undefined)
    return stopped(error.reason, hadBegun ? `${error.message} ${notRun}` : error.message);
  if (ToolFailure.isInstance(error)) return { status: "failed", kind: "tool-failure", content: reasonOf(error) };
  if (!life.signal.aborted) return "defect";
  const ran = phase === "executing";
  if (error instanceof CallAbandoned && ran && lane.stopped !== "disposed")
    return stopped("unknown-outcome", "It did not stop when it was told to.");
  if (life.deadlinePassed) return stopped("deadline", ran ? checkIt : notRun);
  if (lane.stopped === "interrupted") return stopped("cancelled", ran ? checkIt : notRun);
  // Its beginning is durable and its effect was never started: said now, or whoever takes it up cannot know.
  return phase === "begun" ? stopped("cancelled", notRun) : undefined;
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
    ? { status: "completed", content, structured: toWellFormedJson(value) }
    : { status: "completed", content };
};

/** The outcome of a call that failed for no reason that its tool foresaw. */
export const defect = (tool: string, error: unknown, phase: CallPhase): CallOutcome => ({
  status: "failed",
  kind: "defect",
  content: `The tool "${tool}" failed unexpectedly: ${reasonOf(error)}${phase === "executing" ? ". It may have taken effect" : ""}`,
});

const present = (tool: Tool, value: unknown): string => {
  if (tool.present !== undefined) {
    const shown = (tool.present as (value: unknown) => unknown)(value);
    if (typeof shown === "string") return shown;
    throw new TypeError(`expected "present" to return a text, found ${typeof shown}`);
  }
  if (typeof value === "string") return value;
  return isJsonValue(value) ? canonicalJson(toWellFormedJson(value)) : "The tool's result cannot be shown as text.";
};
