import * as z from "zod";

import { contextKeySchema } from "../event/context-events.ts";
import { maxFence } from "../event/envelope.ts";
import { utf8Bytes } from "../event/blob-ref.ts";
import { mostSummaryBytes } from "../event/compaction-events.ts";
import { executionOutcomeSchema } from "../event/execution-events.ts";
import { deliverySchema } from "../event/input-events.ts";
import { attemptStatusSchema } from "../event/step-events.ts";
import { executionIdSchema, messageIdSchema, sessionIdSchema, stepIdSchema } from "../ids/id.ts";

const seq = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const tokens = z.int().min(0);

const sessionRow = z.strictObject({
  sessionId: sessionIdSchema,
  parentId: sessionIdSchema.nullable(),
  rootId: sessionIdSchema,
  directory: z.string(),
  workspaceId: z.string().nullable(),
  project: z.string().min(1),
  agent: z.string().min(1).max(64),
  model: z.string().nullable(),
  title: z.string().max(500),
  denies: z.string(),
  createdTime: z.int(),
  inputTokens: tokens,
  outputTokens: tokens,
  cost: z.number().min(0),
  activityTokens: tokens,
  activityCost: z.number().min(0),
});

const executionRow = z.strictObject({
  sessionId: sessionIdSchema,
  executionId: executionIdSchema,
  seq,
  state: z.literal("ended"),
  runtime: z.string().min(1).max(255),
  denies: z.string(),
  interruptSeq: seq.nullable(),
  outcome: executionOutcomeSchema,
  endedSeq: seq,
});

const stepRow = z.strictObject({
  sessionId: sessionIdSchema,
  stepId: stepIdSchema,
  executionId: executionIdSchema,
  seq,
  position: z.int().min(1),
  state: z.enum(["ended", "failed"]),
  endedSeq: seq,
});

const attemptRow = z.strictObject({
  sessionId: sessionIdSchema,
  stepId: stepIdSchema,
  attempt: z.int().min(1),
  messageId: messageIdSchema,
  seq,
  state: attemptStatusSchema,
  endedSeq: seq,
});

const todoRow = z.strictObject({ sessionId: sessionIdSchema, seq, items: z.string() });

const compactionRow = z.strictObject({
  sessionId: sessionIdSchema,
  seq,
  state: z.enum(["ended", "failed", "aborted"]),
  endedSeq: seq,
  streak: z.int().min(0),
  summarySeq: seq.nullable(),
  throughSeq: z.int().min(-1),
  summary: z.string().refine((text) => utf8Bytes(text) <= mostSummaryBytes),
});

const contextRow = z.strictObject({
  sessionId: sessionIdSchema,
  key: contextKeySchema,
  position: z.int().min(0),
  epoch: z.string().nullable(),
  hash: hash.nullable(),
  text: z.string(),
  removal: z.string(),
  seq,
});

const none = z.array(z.never()).max(0);

/** A floor's record as it comes from outside. Everything in it is settled. */
export const floorSchema = z.strictObject({
  sessionId: sessionIdSchema,
  seq,
  hash,
  fence: z.int().min(0).max(maxFence),
  messagesHash: hash,
  rows: z.strictObject({
    session: z.array(sessionRow).length(1),
    input: none,
    message: none,
    block: none,
    call: none,
    execution: z.array(executionRow).length(1),
    step: z.array(stepRow).max(1),
    attempt: z.array(attemptRow).max(1),
    ask: none,
    todo: z.array(todoRow).max(1),
    compaction: z.array(compactionRow).max(1),
    context: z.array(contextRow),
  }),
});

/** A frozen message as it comes from outside. */
export const frozenMessageSchema = z.strictObject({
  messageId: messageIdSchema,
  seq,
  role: z.enum(["user", "assistant", "system"]),
  value: z.string(),
  hash,
});

/** What stays of an admission, as it comes from outside. */
export const admissionRowSchema = z.strictObject({
  messageId: messageIdSchema,
  sessionId: sessionIdSchema,
  idempotencyKey: z.string().min(1).max(255).nullable(),
  payloadHash: hash,
  seq,
  hash,
  delivery: deliverySchema,
  disposition: z.enum(["pending", "promoted", "withdrawn", "settled"]).nullable(),
});
