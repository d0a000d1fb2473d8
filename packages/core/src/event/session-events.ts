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
    /** The session at the top of its line of parents; absent where it is that one itself. */
    rootId: sessionIdSchema.exactOptional(),
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

/** Written when a session is given another title, agent or model, by anyone: proves what the next step runs with. */
export const sessionUpdated = defineEvent(
  "session.updated",
  z.strictObject({
    title: z.string().max(500).exactOptional(),
    agent: z.string().min(1).max(64).exactOptional(),
    /** Null takes the session's own model away, so that its agent's or the runtime's counts. */
    model: modelRefSchema.nullable().exactOptional(),
  }),
);

/** Written when a session goes on at another Location, while no execution is open: proves where everything is resolved from then on. */
export const sessionMoved = defineEvent(
  "session.moved",
  z.strictObject({ location: locationSchema, project: z.string().min(1) }),
);

/**
 * Written last of a session, while no execution is open: proves that it is gone, and that its ID is never used again. Nothing else of it
 * is kept but the identities of its inputs.
 */
export const sessionDeleted = defineEvent("session.deleted", z.strictObject({}));
