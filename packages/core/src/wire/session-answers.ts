import * as z from "zod";

import { callVerdictSchema, executionOutcomeSchema } from "../event/execution-events.ts";
import { failureSchema } from "../event/failure.ts";
import { callIdSchema, executionIdSchema, messageIdSchema, ownerIdSchema, sessionIdSchema } from "../ids/id.ts";
import { jsonObjectSchema, jsonValueSchema } from "../json/json-value.ts";
import { modelRefSchema } from "../session/model-ref.ts";
import { askInfoSchema } from "./ask-answers.ts";
import { cursorSchema } from "./cursor-schema.ts";

import type { RecoveryForecast, RecoveryInfo } from "../api/recovery-info.ts";
import type { Rest } from "../api/rest.ts";
import type { ActiveSession, SessionContext } from "../api/session-context.ts";
import type { SessionInfo, SessionPage } from "../api/session-info.ts";
import type { DeleteOutcome, ResumeOutcome, WaitOutcome } from "../api/sessions.ts";
import type { ImportOutcome, ReleaseOutcome } from "../api/transfer.ts";

const tokens = z.number().min(0);
const time = z.int();

/** A session, as a caller sees it. */
export const sessionInfoSchema = z.object({
  id: sessionIdSchema,
  parentId: sessionIdSchema.exactOptional(),
  rootId: sessionIdSchema,
  location: z.object({ directory: z.string(), workspaceId: z.string().exactOptional() }),
  project: z.string(),
  agent: z.string(),
  model: modelRefSchema.exactOptional(),
  title: z.string(),
  createdTime: time,
  usage: z.object({
    inputTokens: tokens,
    outputTokens: tokens,
    cost: z.number().min(0),
    activity: z.object({ tokens, cost: z.number().min(0) }),
  }),
  forkedFrom: z.object({ sessionId: sessionIdSchema, seq: z.int().min(0), hash: z.string() }).exactOptional(),
  replica: z.object({ replayOwner: z.string().exactOptional() }).exactOptional(),
}) satisfies z.ZodType<SessionInfo>;

/** A page of sessions. */
export const sessionPageSchema = z.object({
  sessions: z.array(sessionInfoSchema),
  next: z.string().exactOptional(),
}) satisfies z.ZodType<SessionPage>;

/** A session on which a runtime works now. */
export const activeSessionSchema = z.object({
  sessionId: sessionIdSchema,
  executionId: executionIdSchema,
  sinceTime: time,
  step: z.int().min(0),
}) satisfies z.ZodType<ActiveSession>;

/** What the model would see next. */
export const sessionContextSchema = z.object({
  cursor: cursorSchema,
  agent: z.string(),
  model: modelRefSchema,
  instructions: z.string().exactOptional(),
  messages: z.array(z.object({ role: z.enum(["system", "user", "assistant", "tool"]), content: jsonValueSchema })),
  tools: z.array(z.object({ name: z.string(), description: z.string(), inputSchema: jsonObjectSchema })),
  callable: z.boolean(),
  requestHash: z.string(),
  hookedHash: z.string().exactOptional(),
}) satisfies z.ZodType<SessionContext>;

/** How a session came to rest. */
export const restSchema = z.enum([
  ...executionOutcomeSchema.options,
  "asking",
  "parked",
  "idle",
  "replica",
  "deleted",
]) satisfies z.ZodType<Rest>;

/** Where a wait ended. */
export const waitOutcomeSchema = z.object({
  status: z.enum([...restSchema.options, "timeout"]),
  cursor: cursorSchema,
  failure: failureSchema.exactOptional(),
}) satisfies z.ZodType<WaitOutcome>;

const forecast = {
  calls: z.array(
    z.object({
      callId: callIdSchema,
      name: z.string(),
      state: z.enum(["called", "begun"]),
      verdict: z.enum([...callVerdictSchema.options, "probe"]),
    }),
  ),
  asksModel: z.boolean(),
  estimate: z.object({ input: tokens, cost: z.number().min(0) }).exactOptional(),
  pending: z.array(messageIdSchema),
};
const forecastSchema = z.object(forecast) satisfies z.ZodType<RecoveryForecast>;

/** Where a session's execution stands when nobody may be working on it. */
export const recoveryInfoSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("none") }),
  z.object({ status: z.literal("running"), owner: ownerIdSchema }),
  z.object({ status: z.literal("asking"), asks: z.array(askInfoSchema), forecast: forecastSchema.exactOptional() }),
  z.object({ status: z.literal("unproven"), owner: ownerIdSchema, reason: z.string() }),
  z.object({ status: z.literal("parked"), reason: z.string(), ...forecast }),
  z.object({ status: z.literal("replica"), replayOwner: z.string().exactOptional() }),
  z.object({ status: z.literal("unclaimed"), pending: z.array(messageIdSchema) }),
]) satisfies z.ZodType<RecoveryInfo>;

/** The end of a session that was deleted. */
export const deleteOutcomeSchema = z.object({ cursor: cursorSchema }) satisfies z.ZodType<DeleteOutcome>;

/** What a resume came to. */
export const resumeOutcomeSchema = z.object({
  status: z.enum(["started", "joined", "nothing-to-do"]),
}) satisfies z.ZodType<ResumeOutcome>;

/** What a release came to. */
export const releaseOutcomeSchema = z.object({
  status: z.enum(["released", "nothing-to-do"]),
  cursor: cursorSchema,
}) satisfies z.ZodType<ReleaseOutcome>;

/** What an import came to. */
export const importOutcomeSchema = z.object({
  sessionId: sessionIdSchema,
  status: z.enum(["imported", "skipped"]),
  added: z.int().min(0),
  duplicates: z.int().min(0),
  cursor: cursorSchema,
}) satisfies z.ZodType<ImportOutcome>;
