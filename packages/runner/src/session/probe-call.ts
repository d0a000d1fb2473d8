import * as z from "zod";

import { answerWithin } from "../location/answer-within.ts";
import { reasonOf } from "../reason-of.ts";
import { outcomeOfOutput } from "./settle-call.ts";
import { toolContext } from "./tool-context.ts";

import type { CallOutcome } from "@holdfast/core/event";
import type { Tool } from "@holdfast/core/tool";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { ForecastCall } from "./open-calls.ts";

/** What a tool found when it looked for the effect of a call. */
export type Probed =
  | { readonly found: "happened"; readonly outcome: CallOutcome }
  | { readonly found: "not" | "partial" | "unknown"; readonly detail?: string };

const maxDetail = 10_000;
const answerSchema = z.union([
  z.looseObject({ outcome: z.literal("happened"), output: z.unknown() }),
  z.looseObject({ outcome: z.enum(["not", "partial", "unknown"]), detail: z.string().optional() }),
]);

/**
 * Has a tool look whether the effect of a call happened. What it throws, what does not fit, and what takes too long say nothing. Never
 * rejects.
 */
export const probeCall = async (
  kernel: Kernel,
  lane: Lane,
  { call, tool }: { readonly call: ForecastCall; readonly tool: Tool | undefined },
): Promise<Probed> => {
  const { clock, limits, logger } = kernel.services;
  const { row, begun } = call;
  if (tool?.probe === undefined) return { found: "unknown", detail: "The tool has no way to look any more." };
  const ending = new AbortController();
  const signal = AbortSignal.any([lane.signal, ending.signal]);
  const late = (): Error => new Error(`it took longer than ${limits.probeMs} ms`);
  const look = async (): Promise<Probed> => {
    const context = { ...toolContext(kernel, lane, { ...row, signal }), attempt: row.begun };
    const answer = answerSchema.parse(await tool.probe?.(begun?.effect ?? null, context));
    if (answer.outcome !== "happened") return { found: answer.outcome, ...toDetail(answer.detail) };
    const outcome = await outcomeOfOutput(tool, answer.output);
    if (outcome.status !== "completed") throw new Error("the output that it gave does not fit the tool's own schema");
    return { found: "happened", outcome };
  };
  try {
    return await answerWithin(look, { clock, limitMs: limits.probeMs, signal: lane.signal, late });
  } catch (error) {
    const reason = reasonOf(error);
    if (!lane.signal.aborted)
      logger.error("a tool could not look for an effect", { tool: row.name, callId: row.callId, reason });
    return { found: "unknown", ...toDetail(`The tool could not look: ${reason}`) };
  } finally {
    ending.abort(over);
  }
};

const over = new Error("the probe is over");

const toDetail = (detail: string | undefined): { readonly detail?: string } =>
  detail === undefined || detail === "" ? {} : { detail: detail.slice(0, maxDetail).toWellFormed() };
