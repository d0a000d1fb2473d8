import * as z from "zod";

import { failureSchema } from "../event/failure.ts";
import { deliverySchema, inputFileSchema } from "../event/input-events.ts";
import { attemptStatusSchema } from "../event/step-events.ts";
import { callOutcomeSchema } from "../event/tool-events.ts";
import { usageSchema } from "../event/usage.ts";
import { callIdSchema, messageIdSchema, stepIdSchema } from "../ids/id.ts";
import { jsonObjectSchema } from "../json/json-value.ts";
import { modelRefSchema } from "./model-ref.ts";

import type { AssistantMessage, Message, SystemMessage, UserMessage } from "./message.ts";

const seq = z.int().min(0);
const position = z.int().min(0);
const providerMetadata = jsonObjectSchema.exactOptional();

const files = z.array(inputFileSchema.extend({ data: z.string() })).exactOptional();

const userMessage = z.strictObject({
  role: z.literal("user"),
  messageId: messageIdSchema,
  seq,
  text: z.string(),
  files,
  metadata: jsonObjectSchema.exactOptional(),
  agent: z.string().min(1).max(64).exactOptional(),
  model: modelRefSchema.exactOptional(),
  delivery: deliverySchema,
}) satisfies z.ZodType<UserMessage>;

const blockPart = z.strictObject({
  type: z.enum(["text", "reasoning"]),
  position,
  text: z.string(),
  cut: z.literal(true).exactOptional(),
  providerMetadata,
});

const callPart = z.strictObject({
  type: z.literal("call"),
  position,
  callId: callIdSchema,
  providerCallId: z.string(),
  name: z.string(),
  input: z.string(),
  changedInput: z.string().exactOptional(),
  state: z.literal("settled"),
  outcome: callOutcomeSchema,
  media: files,
  providerExecuted: z.literal(true).exactOptional(),
  providerMetadata,
  hosted: z
    .strictObject({ result: z.string(), isError: z.literal(true).exactOptional(), providerMetadata })
    .exactOptional(),
});

const assistantMessage = z.strictObject({
  role: z.literal("assistant"),
  messageId: messageIdSchema,
  seq,
  stepId: stepIdSchema,
  agent: z.string().min(1),
  model: modelRefSchema,
  synthetic: z.string().exactOptional(),
  content: z.array(z.discriminatedUnion("type", [blockPart, callPart])),
  status: attemptStatusSchema,
  finish: z.string().exactOptional(),
  failure: failureSchema.exactOptional(),
  usage: usageSchema.exactOptional(),
  cost: z.number().min(0).exactOptional(),
}) satisfies z.ZodType<AssistantMessage>;

const systemMessage = z.strictObject({
  role: z.literal("system"),
  messageId: messageIdSchema,
  seq,
  text: z.string(),
}) satisfies z.ZodType<SystemMessage>;

/** A message that nothing can change any more: its texts inline, its attempts ended, its calls settled. */
export const settledMessageSchema: z.ZodType<Message> = z.discriminatedUnion("role", [
  userMessage,
  assistantMessage,
  systemMessage,
]);
