import { answerWithin } from "../location/answer-within.ts";
import { reasonOf } from "../reason-of.ts";
import { boundOutcome } from "./bound-outcome.ts";
import { stopped } from "./call-outcomes.ts";
import { commitClosing } from "./commit-closing.ts";
import { KeptOutput } from "./kept-output.ts";

import type { CallOutcome } from "@holdfast/core/event";
import type { Tool } from "@holdfast/core/tool";
import type { ToolSet } from "../location/tool-registry.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { JudgedCall } from "./judge-calls.ts";

/** Whether a tool of today has a say in a call whose outcome is unknown. */
export const canBeSalvaged = ({ row, verdict, word, probed }: JudgedCall, tools: ToolSet): boolean =>
  verdict === "unknown" &&
  word === undefined &&
  probed === undefined &&
  tools.get(row.name)?.tool.salvage !== undefined;

const limitMs = 5_000;
const ended = "The process that ran it ended.";

/** Settles a call of which its tool may still have something to say. One that was stopped from saying it says it to the next owner. */
export const settleSalvaged = async (
  kernel: Kernel,
  lane: Lane,
  { call, tools }: { readonly call: JudgedCall; readonly tools: ToolSet },
): Promise<void> => {
  const { callId, name } = call.row;
  const outcome = await salvageCall(kernel, lane, { call, tool: tools.get(name)?.tool });
  if (outcome === undefined) return;
  await commitClosing(lane, [lane.draft("tool.settled", { callId, outcome })], { callId });
};

/**
 * The outcome of a call that had begun in a process that is gone: unknown, with what its tool can still say of it. A tool that fails, or
 * takes longer than 5 s, has nothing to say. Undefined where this runtime closes, or is no owner any more, before it has said it.
 */
const salvageCall = async (
  { services }: Kernel,
  lane: Lane,
  { call, tool }: { readonly call: JudgedCall; readonly tool: Tool | undefined },
): Promise<CallOutcome | undefined> => {
  const { row, begun } = call;
  if (tool?.salvage === undefined || begun === undefined) return stopped("unknown-outcome", ended);
  const { clock, store, logger } = services;
  const { sessionId, location } = lane.work;
  const { callId } = row;
  const place = { sessionId, callId, attempt: row.begun };
  const kept = new KeptOutput(store, place);
  const giveUp = new AbortController();
  let said = "";
  try {
    lane.assertLease();
    const { effect } = begun;
    const signal = AbortSignal.any([lane.signal, giveUp.signal]);
    const context = { sessionId, callId, location: location.location, signal, log: logger, effect, outputs: kept };
    const late = (): Error => new Error(`it took longer than ${limitMs} ms`);
    const answer: unknown = await answerWithin(() => tool.salvage?.(context), {
      clock,
      limitMs,
      signal: lane.signal,
      late,
    });
    said = typeof answer === "string" && answer !== "" ? `\n${answer}` : "";
  } catch (error) {
    if (lane.stopped !== undefined && lane.stopped !== "interrupted") return undefined;
    logger.error("a tool could not say what is left of a call", { tool: tool.name, callId, reason: reasonOf(error) });
  } finally {
    giveUp.abort();
  }
  return boundOutcome(kept.mark(stopped("unknown-outcome", `${ended}${said}`)), { place, store, logger });
};
