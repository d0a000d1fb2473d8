import * as z from "zod";

import { sessionIdSchema } from "../ids/id.ts";
import { ruleSchema } from "../permission/rule.ts";
import { locationSchema } from "../session/location.ts";
import { modelRefSchema } from "../session/model-ref.ts";
import { defineEvent } from "./define-event.ts";

/** Written once, as a session's first event: proves that the session exists, and what it was created with. */
export const sessionCreated = defineEvent(
  "session.created",
  z.strictObject({
    location: locationSchema,
    /** Directory that approvals are scoped to: the Location's repository root, or the Location's directory. */
    project: z.string().min(1),
    parentId: sessionIdSchema.exactOptional(),
    /** Of a fork: the settled boundary of its source up to which its log is a copy, position by position. */
    forkedFrom: z
      .strictObject({ sessionId: sessionIdSchema, seq: z.int().min(0), hash: z.string().length(64) })
      .exactOptional(),
    agent: z.string().min(1).max(64),
    model: modelRefSchema.exactOptional(),
    title: z.string().max(500),
    /** Denies inherited from ancestors, copied so that deleting a parent lifts nothing. */
    denies: z.array(z.array(ruleSchema)),
  }),
);
