import * as z from "zod";

import { executionIdSchema, messageIdSchema, stepIdSchema } from "../ids/id.ts";
import { jsonObjectSchema } from "../json/json-value.ts";
import { ruleSchema } from "../permission/rule.ts";
import { modelRefSchema } from "../session/model-ref.ts";
import { blobRefSchema, textValueSchema } from "./blob-ref.ts";
import { defineEvent } from "./define-event.ts";
import { failureClassSchema, failureSchema } from "./failure.ts";
import { usageSchema } from "./usage.ts";

/** Written at the start of one logical model call, with its first attempt: proves which agent and model it belongs to. */
export const stepStarted = defineEvent(
  "step.started",
  z.strictObject({
    stepId: stepIdSchema,
    executionId: executionIdSchema,
    /** Position in its activity, from 1; promoting user input starts a new activity. */
    index: z.int().min(1),
    agent: z.string().min(1),
    model: modelRefSchema,
    /** All denies that bind the execution from now on, where they are more than before: another agent brought its own. */
    denies: z.array(z.array(ruleSchema)).exactOptional(),
  }),
  { ownerOnly: true },
);

/** Written once per step, after all its calls are settled: proves that its answer is whole. */
export const stepEnded = defineEvent("step.ended", z.strictObject({ stepId: stepIdSchema, finish: z.string() }), {
  ownerOnly: true,
  boundary: "B6",
});

/** Written instead of `step.ended` where the step came to nothing: proves why. */
export const stepFailed = defineEvent("step.failed", z.strictObject({ stepId: stepIdSchema, failure: failureSchema }), {
  ownerOnly: true,
  boundary: "B6",
});

/** Written before a provider request is made: proves that it may have been made, and what it would have been. */
export const attemptStarted = defineEvent(
  "attempt.started",
  z.strictObject({
    stepId: stepIdSchema,
    /** 1 for a step's first physical request. */
    attempt: z.int().min(1),
    /** The assistant message that its blocks and calls belong to. */
    messageId: messageIdSchema,
    /** SHA-256 of the request as assembled: a replay proves that it rebuilds the same one. */
    requestHash: z.string().length(64),
    /** SHA-256 of what plugins made of the request, where they changed it: what was made is not what was assembled. */
    hookedHash: z.string().length(64).exactOptional(),
    /** The tool definitions that were advertised, as a blob; absent where there were none. */
    tools: blobRefSchema.exactOptional(),
    /** What was put before this attempt in the user's role, because the one before was cut after durable output. */
    synthetic: z.string().exactOptional(),
    /** What the request counts, and costs, where nobody is left to say what it used: a quarter of its characters as tokens of input. */
    estimate: z.strictObject({ input: z.int().min(0), cost: z.number().min(0) }).exactOptional(),
  }),
  { ownerOnly: true, boundary: "B2" },
);

/** How an attempt came to its end. */
export const attemptStatusSchema = z.enum(["finished", "cut", "error"]);
export type AttemptStatus = z.infer<typeof attemptStatusSchema>;

/** Written with the last block of an attempt: proves that the answer is complete, or where it was cut. */
export const attemptEnded = defineEvent(
  "attempt.ended",
  z.strictObject({
    stepId: stepIdSchema,
    attempt: z.int().min(1),
    status: attemptStatusSchema,
    /** The provider's reason to stop, unified: stop, length, tool-calls, content-filter, error, other. */
    finish: z.string().exactOptional(),
    failure: failureSchema.exactOptional(),
    usage: usageSchema,
    /** Set where the provider did not say what was used, so that `usage` and `cost` are an estimate. */
    estimated: z.literal(true).exactOptional(),
    /** In the currency of the prices that the host's `model` returned. */
    cost: z.number().min(0),
  }),
  { ownerOnly: true },
);

/**
 * Written in one commit with the end of an attempt that failed, where the request is to be made again: proves that the step goes on. The
 * next attempt is due `delayMs` after this event's `time`, and not before the calls of the failed one are settled.
 */
export const retryScheduled = defineEvent(
  "retry.scheduled",
  z.strictObject({
    stepId: stepIdSchema,
    /** The attempt that failed. */
    attempt: z.int().min(1),
    /** Which retry of the step it is, from 1. */
    retry: z.int().min(1),
    class: failureClassSchema,
    delayMs: z.int().min(0),
  }),
  { ownerOnly: true },
);

const block = z.strictObject({
  messageId: messageIdSchema,
  /** Position among the blocks and calls of its message, from 0. */
  position: z.int().min(0),
  text: textValueSchema,
  /** Set where the stream broke before the block's end; what arrived is kept. */
  cut: z.literal(true).exactOptional(),
  /** What the provider wants to see again with this block; replayed to the same provider and model only. */
  providerMetadata: jsonObjectSchema.exactOptional(),
});

/** Written at the end of a block of text, also when the stream broke: proves what the reader was shown. */
export const textEnded = defineEvent("text.ended", block, { ownerOnly: true });

/** Written at the end of a block of reasoning, like `text.ended`. */
export const reasoningEnded = defineEvent("reasoning.ended", block, { ownerOnly: true });
