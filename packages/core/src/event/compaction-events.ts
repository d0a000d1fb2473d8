import * as z from "zod";

import { executionIdSchema, messageIdSchema } from "../ids/id.ts";
import { modelRefSchema } from "../session/model-ref.ts";
import { utf8Bytes } from "./blob-ref.ts";
import { defineEvent } from "./define-event.ts";
import { failureSchema } from "./failure.ts";
import { usageSchema } from "./usage.ts";

/**
 * Why a conversation is compacted. `requested`: somebody asked for it. `threshold`: the next request would come too near to the limit of
 * its model. `overflow`: the provider said that the request was too long.
 */
export const compactionReasonSchema = z.enum(["requested", "threshold", "overflow"]);
export type CompactionReason = z.infer<typeof compactionReasonSchema>;

/** The most bytes of a summary: it stays in the record of a floor, when all that it stands for is gone. */
export const mostSummaryBytes = 64 * 1024;

const tokens = z.int().min(0);
const streak = z.int().min(0);

/** Written before a request for a summary is made: proves that it may have been made, of what, and with which model. */
export const compactionStarted = defineEvent(
  "compaction.started",
  z.strictObject({
    executionId: executionIdSchema,
    reason: compactionReasonSchema,
    /** 1 for the first request for this summary; the others are made after one that failed. */
    attempt: z.int().min(1),
    model: modelRefSchema,
    /** The summary is to stand for every message up to this seq; what comes after it stays as it is. */
    throughSeq: z.int().min(0),
    /** SHA-256 of the request as assembled. */
    requestHash: z.string().length(64),
    /** And of what plugins made of it, where they changed it. */
    hookedHash: z.string().length(64).exactOptional(),
    /** What the request counts, and costs, where nobody is left to say what it used. */
    estimate: z.strictObject({ input: tokens, cost: z.number().min(0) }),
  }),
  { ownerOnly: true },
);

const spent = {
  usage: usageSchema,
  /** Set where the provider did not say what was used, so that `usage` and `cost` are an estimate. */
  estimated: z.literal(true).exactOptional(),
  cost: z.number().min(0),
  /** The requests to compact that it answers: they leave the inbox. */
  settles: z.array(messageIdSchema),
  /** How many automatic compactions in a row have not brought the request below its threshold, this one included. */
  streak,
};

/** Written with the summary: proves what the model is shown from now on in place of the messages up to `throughSeq`, which stay in the log. */
export const compactionEnded = defineEvent(
  "compaction.ended",
  z.strictObject({
    throughSeq: z.int().min(0),
    /** 1 character to 64 KiB. */
    summary: z
      .string()
      .min(1)
      .refine((text) => utf8Bytes(text) <= mostSummaryBytes, "expected a summary of at most 64 KiB"),
    /** What the next request counts without it, and with it, as estimated. */
    tokens: z.strictObject({ before: tokens, after: tokens }),
    ...spent,
  }),
  { ownerOnly: true },
);

/** Written instead of `compaction.ended` where there is no summary: proves why. The model is shown what it was shown before. */
export const compactionFailed = defineEvent(
  "compaction.failed",
  z.strictObject({
    failure: failureSchema,
    /** Where the request is to be made again: which retry it is, from 1, and how long after this event's `time` it is due. */
    retry: z.strictObject({ retry: z.int().min(1), delayMs: z.int().min(0) }).exactOptional(),
    ...spent,
  }),
  { ownerOnly: true },
);
