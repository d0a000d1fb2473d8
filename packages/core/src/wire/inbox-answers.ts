import * as z from "zod";

import { deliverySchema, inputKindSchema } from "../event/input-events.ts";
import { askIdSchema, messageIdSchema, sessionIdSchema } from "../ids/id.ts";
import { cursorSchema } from "./cursor-schema.ts";

import type { InputChange, InterruptOutcome, PendingInput, Receipt } from "../api/inbox.ts";

/** The durable acceptance of one input. */
export const receiptSchema = z.object({
  sessionId: sessionIdSchema,
  messageId: messageIdSchema,
  cursor: cursorSchema,
  replayed: z.boolean(),
  disposition: z.enum(["pending", "promoted", "replaced", "withdrawn", "settled"]),
  behind: z.array(askIdSchema).exactOptional(),
}) satisfies z.ZodType<Receipt>;

/** An input that the model has not seen yet. */
export const pendingInputSchema = z.object({
  messageId: messageIdSchema,
  kind: inputKindSchema,
  text: z.string(),
  delivery: deliverySchema,
  awake: z.boolean(),
  admittedTime: z.int(),
  version: z.int().min(0),
}) satisfies z.ZodType<PendingInput>;

/** The durable change of a pending input. */
export const inputChangeSchema = z.object({
  sessionId: sessionIdSchema,
  messageId: messageIdSchema,
  version: z.int().min(0),
  cursor: cursorSchema,
  disposition: z.enum(["replaced", "withdrawn"]),
}) satisfies z.ZodType<InputChange>;

/** What an interruption found. */
export const interruptOutcomeSchema = z.object({
  status: z.enum(["requested", "nothing-running"]),
  withdrawn: z.array(messageIdSchema),
  pending: z.array(messageIdSchema),
}) satisfies z.ZodType<InterruptOutcome>;
