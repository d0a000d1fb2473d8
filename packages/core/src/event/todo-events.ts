import * as z from "zod";

import { callIdSchema } from "../ids/id.ts";
import { utf8Bytes } from "./blob-ref.ts";
import { defineEvent } from "./define-event.ts";

/** One thing to do, as a model keeps track of it. */
export const todoSchema = z.strictObject({
  content: z.string().min(1).max(500),
  status: z.enum(["pending", "in_progress", "completed", "cancelled"]),
  priority: z.enum(["high", "medium", "low"]),
});
export type Todo = z.infer<typeof todoSchema>;

/** The most bytes that a list takes as JSON: it stays in the record of a floor, when all that was said is gone. */
const mostBytes = 64 * 1024;

/** A session's whole list, in its order: at most 200 items, and 64 KiB as JSON. */
export const todoListSchema = z
  .array(todoSchema)
  .max(200)
  .refine((items) => utf8Bytes(JSON.stringify(items)) <= mostBytes, "expected a list of at most 64 KiB as JSON");

/** Written by a call that has begun: proves the session's whole list of todos from now on, in place of the one before. */
export const todoUpdated = defineEvent(
  "todo.updated",
  z.strictObject({ callId: callIdSchema, items: todoListSchema }),
  { ownerOnly: true },
);
