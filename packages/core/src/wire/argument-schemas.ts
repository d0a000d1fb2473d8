import * as z from "zod";

import { askAnswerSchema } from "../event/ask-events.ts";
import { maxInlineBytes, utf8Bytes } from "../event/blob-ref.ts";
import { deliverySchema } from "../event/input-events.ts";
import { askIdSchema, messageIdSchema, sessionIdSchema } from "../ids/id.ts";
import { toWellFormedJson } from "../json/well-formed.ts";
import { metadataSchema } from "./metadata.ts";
import { sealableModelRefSchema } from "./sealable-model-ref.ts";
import { wellFormedSchema } from "./well-formed.ts";

const sessionId = sessionIdSchema;
const cursor = z.string().optional();
const idempotencyKey = wellFormedSchema.min(1).max(255);
const page = z.string().optional();
const limit = z.int().min(1).max(200).default(50);

const location = z.strictObject({
  directory: wellFormedSchema.min(1).max(4096),
  workspaceId: wellFormedSchema.min(1).max(255).optional(),
});
const agent = wellFormedSchema.min(1).max(64);
const title = wellFormedSchema.max(500);
const version = z.int().min(0);
const project = wellFormedSchema.min(1).max(4096);
const replayOwner = wellFormedSchema.min(1).max(255).optional();

const mediaFile = z.strictObject({
  mediaType: wellFormedSchema.min(1).max(255),
  name: wellFormedSchema.min(1).max(255).exactOptional(),
  data: z.base64(),
});

const content = {
  text: wellFormedSchema.min(1, "expected a text of at least one character, found an empty one"),
  files: z.array(mediaFile).max(1_000).optional(),
  metadata: metadataSchema.optional(),
  agent: agent.optional(),
  model: sealableModelRefSchema.optional(),
};

const events = {
  sessionId,
  after: cursor,
  live: z.boolean().default(false),
  until: z.enum(["sync", "idle"]).optional(),
};

/**
 * What each method of the facade takes, as far as it is plain data: in process and over a wire by the same schemas. Anything else is
 * `argument.invalid`.
 */
export const argumentSchemas = {
  location,
  create: z.strictObject({
    id: sessionIdSchema.optional(),
    location,
    parentId: sessionIdSchema.optional(),
    agent: agent.default("default"),
    model: sealableModelRefSchema.optional(),
    title: title.default(""),
  }),
  update: z
    .strictObject({
      sessionId,
      title: title.optional(),
      agent: agent.optional(),
      model: sealableModelRefSchema.nullable().optional(),
    })
    .refine((change) => [change.title, change.agent, change.model].some((value) => value !== undefined), {
      message: "expected at least one of title, agent and model",
    }),
  move: z.strictObject({ sessionId, location }),
  list: z.strictObject({
    directory: wellFormedSchema.optional(),
    parentId: sessionIdSchema.optional(),
    search: wellFormedSchema.max(500).optional(),
    limit,
    page,
  }),
  prompt: z
    .strictObject({
      sessionId,
      id: messageIdSchema.optional(),
      idempotencyKey: idempotencyKey.optional(),
      ...content,
      delivery: deliverySchema.default("steer"),
      dismissAsks: z.boolean().default(false),
      resume: z.boolean().default(true),
    })
    .refine(({ id, idempotencyKey: key }) => id === undefined || key === undefined, {
      message: "expected either id or idempotencyKey, found both: an input has one identity",
      path: ["idempotencyKey"],
    }),
  compact: z
    .strictObject({
      sessionId,
      id: messageIdSchema.optional(),
      idempotencyKey: idempotencyKey.optional(),
      instructions: wellFormedSchema.max(4_000).default(""),
    })
    .refine(({ id, idempotencyKey: key }) => id === undefined || key === undefined, {
      message: "expected either id or idempotencyKey, found both: a request has one identity",
      path: ["idempotencyKey"],
    }),
  receipt: z
    .strictObject({ sessionId, id: messageIdSchema.optional(), idempotencyKey: idempotencyKey.optional() })
    .refine(({ id, idempotencyKey: key }) => (id === undefined) !== (key === undefined), {
      message: "expected exactly one of id and idempotencyKey",
      path: ["id"],
    }),
  replaceInput: z.strictObject({
    sessionId,
    messageId: messageIdSchema,
    version,
    ...content,
    delivery: deliverySchema.optional(),
  }),
  withdrawInput: z.strictObject({ sessionId, messageId: messageIdSchema, version }),
  session: z.strictObject({ sessionId }),
  nothing: z.strictObject({}),
  messages: z.strictObject({ sessionId, afterSeq: z.int().min(-1).default(-1), limit }),
  events: z.strictObject(events),
  /** Over a wire, where events also come in pages. */
  eventsRequest: z.strictObject({ ...events, limit: z.int().min(1).max(500).default(500) }),
  wait: z.strictObject({ sessionId, after: cursor, timeoutMs: z.number().min(0).optional() }),
  import: z.strictObject({ replayOwner, strict: z.boolean().default(false) }),
  fork: z.strictObject({ sessionId, id: sessionIdSchema.optional(), at: cursor }),
  interrupt: z.strictObject({
    sessionId,
    reason: wellFormedSchema.max(1000).optional(),
    clear: z.boolean().default(false),
  }),
  listAsks: z.strictObject({ sessionId: sessionId.optional(), rootId: sessionId.optional(), limit, page }),
  ask: z.strictObject({ sessionId, askId: askIdSchema }),
  answer: z.strictObject({
    sessionId,
    askId: askIdSchema,
    identity: z.string().length(64),
    answer: askAnswerSchema
      // Looked at as values: as JSON, a lone surrogate is an escape.
      .refine(
        (answer) => JSON.stringify(answer) === JSON.stringify(toWellFormedJson(answer)),
        "expected well-formed Unicode, found a lone surrogate",
      )
      .refine(
        (answer) => utf8Bytes(JSON.stringify(answer)) <= maxInlineBytes,
        `expected at most ${maxInlineBytes} bytes in all, found more`,
      ),
    by: wellFormedSchema.min(1).max(255).optional(),
    agentOnly: z.boolean().default(false),
  }),
  approvals: z
    .strictObject({ sessionId: sessionId.optional(), project: project.optional() })
    .refine(({ sessionId: session, project: named }) => (session === undefined) !== (named === undefined), {
      message: "expected exactly one of sessionId and project",
      path: ["project"],
    }),
  revoke: z.strictObject({
    project,
    action: wellFormedSchema.min(1),
    resource: wellFormedSchema,
    agent: wellFormedSchema.nullable().default(null),
  }),
  explain: z.strictObject({
    sessionId,
    agent: agent.optional(),
    action: wellFormedSchema.min(1),
    resource: wellFormedSchema,
  }),
  output: z.strictObject({
    sessionId,
    ref: z.string(),
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(51_200).default(51_200),
  }),
  files: location.extend({ path: wellFormedSchema.max(4096).default("") }),
} as const;

/** A name of one of the schemas. */
export type ArgumentName = keyof typeof argumentSchemas;
