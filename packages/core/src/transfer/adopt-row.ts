import * as z from "zod";

import { messageIdSchema, sessionIdSchema } from "../ids/id.ts";
import { modelRefSchema } from "../session/model-ref.ts";

import type { MessageId, SessionId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";

const foreignId = z.string().min(1).max(1_000);

/** A message of another product, or of an early layout: a row without an event. */
export const adoptRowSchema = z.looseObject({
  sessionId: foreignId,
  messageId: foreignId,
  /** When it was written, in epoch milliseconds. */
  time: z.int().min(0),
  role: z.enum(["user", "assistant"]),
  text: z.string(),
  /** The session's own; the first row that has one says it. */
  directory: z.string().min(1).max(4096).exactOptional(),
  title: z.string().max(500).exactOptional(),
  /** The model that answered. */
  model: modelRefSchema.exactOptional(),
});
export type AdoptRow = z.infer<typeof adoptRowSchema>;

/** Our name for a foreign session: its own where it fits, else one that the same name always gives. */
export const adoptedSessionId = (id: string, hash: Hash): SessionId =>
  sessionIdSchema.safeParse(id).data ?? (`ses_${shortHash(`session ${id}`, hash)}` as SessionId);

/** Our name for a foreign message, likewise. Foreign names may be unique in their session alone. */
export const adoptedMessageId = ({ sessionId, messageId }: AdoptRow, hash: Hash): MessageId =>
  messageIdSchema.safeParse(messageId).data ??
  (`msg_${shortHash(`message ${JSON.stringify([sessionId, messageId])}`, hash)}` as MessageId);

/** 26 letters and digits, the same for the same text. */
export const shortHash = (text: string, hash: Hash): string => hash(text).slice(0, 26);
