import * as z from "zod";

import { callIdSchema, messageIdSchema, stepIdSchema } from "../ids/id.ts";
import { jsonObjectSchema, jsonValueSchema } from "../json/json-value.ts";
import { textValueSchema } from "./blob-ref.ts";
import { defineEvent } from "./define-event.ts";
import { inputFileSchema } from "./input-events.ts";

/**
 * What recovery may do with a call that had begun. `never`: its outcome is unknown. `safe`: it runs again. `keyed`: it runs again under the
 * same effect key, by which whoever acts recognises the repetition. `probe`: its tool looks whether it happened.
 */
export const replayPolicySchema = z.enum(["never", "safe", "keyed", "probe"]);
export type ReplayPolicy = z.infer<typeof replayPolicySchema>;

/** Written before anything is done about a call: proves what the model asked for. */
export const toolCalled = defineEvent(
  "tool.called",
  z.strictObject({
    callId: callIdSchema,
    stepId: stepIdSchema,
    messageId: messageIdSchema,
    position: z.int().min(0),
    /** The provider's name for the call, unique only within its step. */
    providerCallId: z.string(),
    name: z.string(),
    /** The input as the model wrote it: JSON text, or whatever it was instead. */
    input: textValueSchema,
    /** SHA-256 of the tool's definition as it was advertised; absent for a tool that was not. */
    definition: z.string().length(64).exactOptional(),
    /** Set where the provider runs it: nobody here does, whatever becomes of it. */
    providerExecuted: z.literal(true).exactOptional(),
    providerMetadata: jsonObjectSchema.exactOptional(),
  }),
  { ownerOnly: true, boundary: "B3" },
);

/** Written right before a call's side effect starts: proves that it may have happened, and what it would have been. */
export const toolBegun = defineEvent(
  "tool.begun",
  z.strictObject({
    callId: callIdSchema,
    /** 1 for the first time; a call that runs again begins again. */
    attempt: z.int().min(1),
    /** What `prepare` said would happen; null for a tool without `prepare`. */
    effect: jsonValueSchema,
    /** The input that it is run with, as JSON text, where plugins changed what the model wrote. */
    input: textValueSchema.exactOptional(),
    effectKey: z.string(),
    replay: replayPolicySchema,
    definition: z.string().length(64),
    plugin: z.strictObject({ name: z.string(), version: z.string().exactOptional() }),
    /** The permissions that `prepare` asked for and was given: asked again, under the rules of then, before a repetition. */
    asserted: z.array(z.strictObject({ action: z.string(), resources: z.array(z.string()) })).exactOptional(),
  }),
  { ownerOnly: true, boundary: "B4" },
);

/** The closed list of reasons for which a call was not run, or its outcome cannot be told. */
export const stopReasonSchema = z.enum([
  "denied-by-user",
  "denied-by-policy",
  "fenced",
  "cancelled",
  "infrastructure",
  "deadline",
  "budget",
  "stale-registration",
  "unknown-tool",
  "invalid-input",
  "unknown-outcome",
]);
export type StopReason = z.infer<typeof stopReasonSchema>;

const shown = {
  /** What the model is shown, bounded. */
  content: z.string(),
  /** The whole of it, where `content` shows only head and tail: `tool-output://…`. */
  output: z.string().exactOptional(),
};

/** How a call was settled. */
export const callOutcomeSchema = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("completed"), ...shown, structured: jsonValueSchema.exactOptional() }),
  z.strictObject({ status: z.literal("failed"), kind: z.enum(["tool-failure", "invalid-output", "defect"]), ...shown }),
  z.strictObject({ status: z.literal("stopped"), reason: stopReasonSchema, ...shown }),
]);
export type CallOutcome = z.infer<typeof callOutcomeSchema>;

/** What a provider says of a call that it ran itself, to be shown again to it and to nobody else. */
const hostedResultSchema = z.strictObject({
  /** JSON text of the result in the provider's own form. */
  result: textValueSchema,
  isError: z.literal(true).exactOptional(),
  /** Of the result; the call has its own. */
  providerMetadata: jsonObjectSchema.exactOptional(),
});

/** Written once per call: proves its one outcome. */
export const toolSettled = defineEvent(
  "tool.settled",
  z.strictObject({
    callId: callIdSchema,
    outcome: callOutcomeSchema,
    /** What the model gets beside the text of a completed call, such as images. */
    media: z.array(inputFileSchema).min(1).exactOptional(),
    /** Set where the provider ran it and gave a result. */
    hosted: hostedResultSchema.exactOptional(),
  }),
  { ownerOnly: true, boundary: "B5" },
);
