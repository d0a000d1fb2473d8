import * as z from "zod";

import { failureSchema } from "../event/failure.ts";
import { deliverySchema } from "../event/input-events.ts";
import { attemptStatusSchema } from "../event/step-events.ts";
import { callOutcomeSchema } from "../event/tool-events.ts";
import { usageSchema } from "../event/usage.ts";
import { callIdSchema, messageIdSchema, stepIdSchema } from "../ids/id.ts";
import { jsonObjectSchema } from "../json/json-value.ts";
import { modelRefSchema } from "../session/model-ref.ts";
import { cursorSchema } from "./cursor-schema.ts";

import type { MessagePage } from "../api/sessions.ts";
import type { AssistantMessage, Message, SystemMessage, UserMessage } from "../session/message.ts";

const seq = z.int().min(0);
const position = z.int().min(0);
const providerMetadata = jsonObjectSchema.exactOptional();

const files = z
  .array(z.object({ mediaType: z.string(), name: z.string().exactOptional(), data: z.string() }))
  .exactOptional();

const userMessageSchema = z.object({
  role: z.literal("user"),
  messageId: messageIdSchema,
  seq,
  text: z.string(),
  files,
  metadata: jsonObjectSchema.exactOptional(),
  agent: z.string().exactOptional(),
  model: modelRefSchema.exactOptional(),
  delivery: deliverySchema,
}) satisfies z.ZodType<UserMessage>;

const blockPartSchema = z.object({
  type: z.enum(["text", "reasoning"]),
  position,
  text: z.string(),
  cut: z.literal(true).exactOptional(),
  providerMetadata,
});

const callPartSchema = z.object({
  type: z.literal("call"),
  position,
  callId: callIdSchema,
  providerCallId: z.string(),
  name: z.string(),
  input: z.string(),
  changedInput: z.string().exactOptional(),
  state: z.enum(["called", "begun", "settled"]),
  outcome: callOutcomeSchema.exactOptional(),
  media: files,
  providerExecuted: z.literal(true).exactOptional(),
  providerMetadata,
  hosted: z.object({ result: z.string(), isError: z.literal(true).exactOptional(), providerMetadata }).exactOptional(),
});

const assistantMessageSchema = z.object({
  role: z.literal("assistant"),
  messageId: messageIdSchema,
  seq,
  stepId: stepIdSchema,
  agent: z.string(),
  model: modelRefSchema,
  synthetic: z.string().exactOptional(),
  content: z.array(z.discriminatedUnion("type", [blockPartSchema, callPartSchema])),
  status: z.enum(["open", ...attemptStatusSchema.options]),
  finish: z.string().exactOptional(),
  failure: failureSchema.exactOptional(),
  usage: usageSchema.exactOptional(),
  cost: z.number().min(0).exactOptional(),
  retryTime: z.int().exactOptional(),
}) satisfies z.ZodType<AssistantMessage>;

const systemMessageSchema = z.object({
  role: z.literal("system"),
  messageId: messageIdSchema,
  seq,
  text: z.string(),
}) satisfies z.ZodType<SystemMessage>;

/** One message of a session's history. */
export const messageSchema = z.discriminatedUnion("role", [
  userMessageSchema,
  assistantMessageSchema,
  systemMessageSchema,
]) satisfies z.ZodType<Message>;

/** A page of messages, as they are at its cursor. */
export const messagePageSchema = z.object({
  messages: z.array(messageSchema),
  cursor: cursorSchema,
  nextAfterSeq: z.int().exactOptional(),
}) satisfies z.ZodType<MessagePage>;
