import * as z from "zod";

import { executionIdSchema, messageIdSchema } from "../ids/id.ts";
import { utf8Bytes } from "./blob-ref.ts";
import { defineEvent } from "./define-event.ts";

/** The most sources that a session's system context has. Others are not told before one of these is gone. */
export const mostContextSources = 128;
/** The most sources that one update says are gone. */
export const mostContextRemoved = 2 * mostContextSources;
/** The most bytes that one source tells the model. */
export const mostContextBytes = 32 * 1024;
/** The most bytes that a baseline, or an update, tells the model. */
export const mostContextTotalBytes = 128 * 1024;
/** The most characters of what is told when a source is gone. */
export const mostRemovalCharacters = 1_000;

/** A source's name: a namespace, a slash, and a name in it without control characters. */
export const contextKeySchema = z
  .string()
  .max(1_024)
  // oxlint-disable-next-line no-control-regex -- they are what is refused
  .regex(/^[a-z][a-z0-9-]{0,31}\/[^\u0000-\u001f\u007f]+$/);

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const text = z.string().refine((value) => utf8Bytes(value) <= mostContextBytes, "expected at most 32 KiB");
const removal = z.string().max(mostRemovalCharacters);

/** What the model is told of one source from now on. */
export const toldSourceSchema = z.strictObject({
  key: contextKeySchema,
  /** SHA-256 over the canonical JSON of its value. */
  hash,
  /** As it stands in a baseline. */
  text,
  /** As it is told now, where that is something else. */
  update: text.exactOptional(),
  /** What is told when it is gone. */
  removal,
});
export type ToldSource = z.infer<typeof toldSourceSchema>;

/**
 * Written at a safe boundary, in the commit of a step's start, where the system context is new or has changed: proves what the model is told of it, word
 * for word. Without a `messageId` it opens an epoch, and its texts are the baseline that stands before all messages until the next one. With one it is
 * that message: what changed since, in the order of the conversation.
 */
export const contextAdmitted = defineEvent(
  "context.admitted",
  z.strictObject({
    executionId: executionIdSchema,
    messageId: messageIdSchema.exactOptional(),
    sources: z.array(toldSourceSchema).max(mostContextSources),
    /** Sources that are gone, with what was kept to be told then. */
    removed: z.array(z.strictObject({ key: contextKeySchema, text: removal })).max(mostContextRemoved),
  }),
  { ownerOnly: true },
);
