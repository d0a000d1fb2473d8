import * as z from "zod";

import { executionIdSchema, messageIdSchema } from "../ids/id.ts";
import { jsonObjectSchema } from "../json/json-value.ts";
import { modelRefSchema } from "../session/model-ref.ts";
import { textValueSchema } from "./blob-ref.ts";
import { defineEvent } from "./define-event.ts";

/** `steer`: promoted at the next safe boundary of the running activity. `queue`: waits until the session would be idle. */
export const deliverySchema = z.enum(["steer", "queue"]);
export type Delivery = z.infer<typeof deliverySchema>;

/** What an input is: something that a person says to the model, or a request to compact the conversation, which no model is shown. */
export const inputKindSchema = z.enum(["prompt", "compaction"]);
export type InputKind = z.infer<typeof inputKindSchema>;

/** A file that travels with an input, or with the result of a call. */
export const inputFileSchema = z.strictObject({
  mediaType: z.string().min(1).max(255),
  name: z.string().min(1).max(255).exactOptional(),
  /** The content, base64. */
  data: textValueSchema,
});
export type InputFile = z.infer<typeof inputFileSchema>;

const payload = {
  /** SHA-256 of the canonical payload and delivery: what an exact retry must equal. */
  payloadHash: z.string().length(64),
  text: textValueSchema,
  files: z.array(inputFileSchema).exactOptional(),
  metadata: jsonObjectSchema.exactOptional(),
  /** The agent and the model of the activity that the input opens, where they are not the session's. */
  agent: z.string().min(1).max(64).exactOptional(),
  model: modelRefSchema.exactOptional(),
  delivery: deliverySchema,
};

/** Written when an input enters the inbox, by anyone: proves that it will not be lost, nor admitted twice. */
export const inputAdmitted = defineEvent(
  "input.admitted",
  z.strictObject({
    messageId: messageIdSchema,
    /** Default: `prompt`. The text of a request to compact says what its summary is to heed; it may be empty. */
    kind: inputKindSchema.exactOptional(),
    /** The caller's own identity for the input, where it gave one instead of a message ID. */
    idempotencyKey: z.string().min(1).max(255).exactOptional(),
    ...payload,
    /** False where the input was only recorded, and is not promotable until it is woken. */
    resume: z.boolean(),
  }),
  { boundary: "B0" },
);

/** Written by the owner when an input moves from the inbox into history: proves that the next request shows it. */
export const inputPromoted = defineEvent(
  "input.promoted",
  z.strictObject({ messageId: messageIdSchema, executionId: executionIdSchema }),
  { ownerOnly: true, boundary: "B1" },
);

/** Written when a pending input is given another content, by anyone: proves what is promoted in its place. */
export const inputReplaced = defineEvent(
  "input.replaced",
  z.strictObject({
    messageId: messageIdSchema,
    /** The version that was replaced: the seq of the input's event before. */
    replaces: z.int().min(0),
    ...payload,
  }),
);

/** Written when a pending input is taken out of the inbox, by anyone: proves that no model will see it. */
export const inputWithdrawn = defineEvent(
  "input.withdrawn",
  z.strictObject({
    messageId: messageIdSchema,
    /** The version that was withdrawn: the seq of the input's event before. */
    withdraws: z.int().min(0),
  }),
);
