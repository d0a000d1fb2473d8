import * as z from "zod";

import { askAnswerSchema, askExpiredReasonSchema, askShownSchema } from "../event/ask-events.ts";
import { askIdSchema, callIdSchema, sessionIdSchema } from "../ids/id.ts";
import { effectSchema, ruleSchema } from "../permission/rule.ts";
import { cursorSchema } from "./cursor-schema.ts";

import type { AnswerReceipt, AskInfo, AskPage, Explanation } from "../api/asks.ts";
import type { Approval } from "../store/approval.ts";

/** A durable question to a person. */
export const askInfoSchema = z.object({
  askId: askIdSchema,
  sessionId: sessionIdSchema,
  rootId: sessionIdSchema,
  parentId: sessionIdSchema.exactOptional(),
  agent: z.string(),
  kind: z.enum(["permission", "question", "unknown-effect", "budget", "recovery"]),
  callId: callIdSchema.exactOptional(),
  identity: z.string(),
  shown: askShownSchema,
  state: z.enum(["open", "answered", "expired"]),
  createdTime: z.int(),
  expires: z.int().exactOptional(),
  answer: askAnswerSchema.exactOptional(),
  by: z.string().exactOptional(),
  expiredReason: askExpiredReasonSchema.exactOptional(),
}) satisfies z.ZodType<AskInfo>;

/** A page of asks. */
export const askPageSchema = z.object({
  asks: z.array(askInfoSchema),
  next: z.string().exactOptional(),
}) satisfies z.ZodType<AskPage>;

/** The durable acceptance of one answer. */
export const answerReceiptSchema = z.object({
  sessionId: sessionIdSchema,
  askId: askIdSchema,
  cursor: cursorSchema,
  replayed: z.boolean(),
  alsoAnswered: z.array(askIdSchema),
  alsoExpired: z.array(askIdSchema),
}) satisfies z.ZodType<AnswerReceipt>;

/** A person's standing word. */
export const approvalSchema = z.object({
  project: z.string(),
  action: z.string(),
  resource: z.string(),
  agent: z.string().nullable(),
  askId: askIdSchema,
  sessionId: sessionIdSchema,
  time: z.int(),
}) satisfies z.ZodType<Approval>;

/** What the permissions of a session say, and what of them decided. */
export const explanationSchema = z.object({
  effect: effectSchema,
  by: z.enum(["rules", "inherited", "execution", "approval", "unknown-agent", "default"]),
  rule: ruleSchema.exactOptional(),
  approval: approvalSchema.exactOptional(),
}) satisfies z.ZodType<Explanation>;
