import * as z from "zod";

import { callIdSchema, executionIdSchema, messageIdSchema, ownerIdSchema } from "../ids/id.ts";
import { ruleSchema } from "../permission/rule.ts";
import { locationSchema } from "../session/location.ts";
import { modelRefSchema } from "../session/model-ref.ts";
import { defineEvent } from "./define-event.ts";
import { failureSchema } from "./failure.ts";

/** Written with the claim, when a session becomes busy: proves who works on it, and under which denies. */
export const executionStarted = defineEvent(
  "execution.started",
  z.strictObject({
    executionId: executionIdSchema,
    owner: ownerIdSchema,
    /** Name of the runtime; only runtimes of this name discover the execution by themselves. */
    runtime: z.string().min(1).max(255),
    /** Denies in force at the start: they bind every continuation, whatever rules the next process has. */
    denies: z.array(z.array(ruleSchema)),
    /** Inputs recorded without a wake that this execution may promote all the same. */
    woken: z.array(messageIdSchema),
  }),
  { ownerOnly: true },
);

/** How an execution came to rest. */
export const executionOutcomeSchema = z.enum(["completed", "failed", "interrupted", "budget"]);
export type ExecutionOutcome = z.infer<typeof executionOutcomeSchema>;

/** Written once per execution, with the release of its claim: proves that nothing of it runs any more. */
export const executionEnded = defineEvent(
  "execution.ended",
  z.strictObject({
    executionId: executionIdSchema,
    outcome: executionOutcomeSchema,
    failure: failureSchema.exactOptional(),
  }),
  { ownerOnly: true, boundary: "B7" },
);

/**
 * What recovery decided for a call that was open. `run`: from the top. `repeat`: begun again with the recorded effect. `happened`: its tool
 * found that it did, and says with what output. `asked`: a person has to say what became of it. `unknown`, `stale`, `cancelled`: settled.
 */
export const callVerdictSchema = z.enum(["run", "repeat", "happened", "asked", "unknown", "stale", "cancelled"]);
export type CallVerdict = z.infer<typeof callVerdictSchema>;

/** The resume receipt. Written before anything runs after a take-over: proves which durable boundary was trusted. */
export const executionRecovered = defineEvent(
  "execution.recovered",
  z.strictObject({
    executionId: executionIdSchema,
    owner: ownerIdSchema,
    /** The owner before, whose claim was judged dead, and why. */
    previous: z.strictObject({ owner: ownerIdSchema.nullable(), fence: z.int().min(1), reason: z.string() }),
    /** How many recoveries in a row, this one included, saw no settled call or step in between. */
    recovery: z.int().min(1),
    location: locationSchema,
    /** The position in the log that the continuation starts from. */
    trusted: z.strictObject({ seq: z.int().min(0), hash: z.string().length(64) }),
    /** Admitted inputs that are still in the inbox. */
    inputs: z.array(messageIdSchema),
    /** Every open call, and what becomes of it. */
    calls: z.array(
      z.strictObject({
        callId: callIdSchema,
        name: z.string(),
        state: z.enum(["called", "begun"]),
        verdict: callVerdictSchema,
      }),
    ),
    /** What was looked at again, as it is now. */
    revalidated: z.strictObject({
      /** Identity of the Location's directory: device and inode, or whatever names it on the platform. */
      locationIdentity: z.string(),
      /** SHA-256 over the rules and denies in force now. */
      permissionsHash: z.string().length(64),
      /** SHA-256 over the tool definitions advertised now. */
      toolsHash: z.string().length(64),
      model: modelRefSchema,
    }),
  }),
  { ownerOnly: true },
);

/** Written by anyone who wants the open execution to stop: proves that whoever owns or takes it will end it first. */
export const interruptRequested = defineEvent(
  "interrupt.requested",
  z.strictObject({ executionId: executionIdSchema, reason: z.string().max(1000).exactOptional() }),
);
