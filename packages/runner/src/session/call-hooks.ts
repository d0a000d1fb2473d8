import { toWellFormed } from "@holdfast/core";

import { frozenCopy } from "../location/frozen-copy.ts";

import type { CallId, JsonObject, SessionId } from "@holdfast/core";
import type { CallOutcome } from "@holdfast/core/event";
import type { LocationHooks } from "@holdfast/core/plugin";
import type { Lane } from "./lane.ts";
import type { TakenCall } from "./taken-call.ts";

/** Which call it is, for taps. */
export interface HookedCall {
  readonly sessionId: SessionId;
  readonly callId: CallId;
  readonly agent: string;
  readonly tool: string;
}

/** A call of a lane, as taps are told of it. */
export const hookedCall = ({ work, setting }: Lane, { callId, name }: TakenCall): HookedCall => ({
  sessionId: work.sessionId,
  callId,
  agent: setting.agentName,
  tool: name,
});

/** A call's input as plugins leave it: the very same where they change nothing. */
export const prepareInput = async (
  { toolCallPreparing }: LocationHooks,
  call: HookedCall,
  input: JsonObject,
): Promise<JsonObject> => {
  const shown = frozenCopy(input);
  const prepared = await toolCallPreparing.promise(Object.freeze({ ...call, input: shown }));
  return prepared.input === shown ? input : prepared.input;
};

/** What came of a call as plugins leave it. What was not run says why, and nobody shapes that. */
export const shapeOutcome = async (
  { toolResultShaping }: LocationHooks,
  call: HookedCall,
  outcome: CallOutcome,
): Promise<CallOutcome> => {
  if (outcome.status === "stopped" || !toolResultShaping.isUsed()) return outcome;
  const { status, content } = outcome;
  const structured = status === "completed" ? outcome.structured : undefined;
  const given = Object.freeze({
    ...call,
    status,
    content: toWellFormed(content),
    ...(structured === undefined ? {} : { structured: frozenCopy(structured) }),
  });
  const shaped = await toolResultShaping.promise(given);
  if (shaped === given) return outcome;
  if (outcome.status === "failed") return { ...outcome, content: shaped.content };
  const { structured: _, ...rest } = outcome;
  return {
    ...rest,
    content: shaped.content,
    ...(shaped.structured === undefined ? {} : { structured: shaped.structured }),
  };
};
