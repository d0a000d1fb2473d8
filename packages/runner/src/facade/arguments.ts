import { askIdSchema, HoldfastError, sessionIdSchema, messageIdSchema, toWellFormedJson } from "@holdfast/core";
import { askAnswerSchema, maxInlineBytes, utf8Bytes } from "@holdfast/core/event";
import * as z from "zod";

import { metadata } from "./metadata.ts";
import { modelRef } from "./runtime-options-schema.ts";
import { wellFormed } from "./well-formed.ts";

import type { MessageFile, SessionId } from "@holdfast/core";
import type { Services } from "../services.ts";

const sessionId = sessionIdSchema;
const cursor = z.string().optional();
const signal = z.custom<AbortSignal>((value) => value instanceof AbortSignal, "expected an AbortSignal").optional();
const idempotencyKey = wellFormed.min(1).max(255);

const location = z.strictObject({
  directory: wellFormed.min(1).max(4096),
  workspaceId: wellFormed.min(1).max(255).optional(),
});
const agent = wellFormed.min(1).max(64);
const title = wellFormed.max(500);
const delivery = z.enum(["steer", "queue"]);
const version = z.int().min(0);

const lines = z.custom<AsyncIterable<unknown> | Iterable<unknown>>(
  (value) => typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value),
  "expected lines: something to iterate over, not one text",
);

const mediaFile = z.strictObject({
  mediaType: wellFormed.min(1).max(255),
  name: wellFormed.min(1).max(255).exactOptional(),
  data: z.base64(),
});

const content = {
  text: wellFormed.min(1, "expected a text of at least one character, found an empty one"),
  files: z.array(mediaFile).max(1_000).optional(),
  metadata: metadata.optional(),
  agent: agent.optional(),
  model: modelRef.optional(),
};

/** What each method of the facade takes. Anything else is `argument.invalid`. */
export const argumentSchemas = {
  create: z.strictObject({
    id: sessionIdSchema.optional(),
    location,
    parentId: sessionIdSchema.optional(),
    agent: agent.default("default"),
    model: modelRef.optional(),
    title: title.default(""),
  }),
  update: z
    .strictObject({
      sessionId,
      title: title.optional(),
      agent: agent.optional(),
      model: modelRef.nullable().optional(),
    })
    .refine((change) => [change.title, change.agent, change.model].some((value) => value !== undefined), {
      message: "expected at least one of title, agent and model",
    }),
  changePlugins: z.strictObject({ location: location.optional() }),
  move: z.strictObject({ sessionId, location }),
  list: z.strictObject({
    directory: wellFormed.optional(),
    parentId: sessionIdSchema.optional(),
    search: wellFormed.max(500).optional(),
    limit: z.int().min(1).max(200).default(50),
    page: z.string().optional(),
  }),
  prompt: z
    .strictObject({
      sessionId,
      id: messageIdSchema.optional(),
      idempotencyKey: idempotencyKey.optional(),
      ...content,
      delivery: delivery.default("steer"),
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
      instructions: wellFormed.max(4_000).default(""),
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
    delivery: delivery.optional(),
  }),
  withdrawInput: z.strictObject({ sessionId, messageId: messageIdSchema, version }),
  session: z.strictObject({ sessionId }),
  messages: z.strictObject({
    sessionId,
    afterSeq: z.int().min(-1).default(-1),
    limit: z.int().min(1).max(200).default(50),
  }),
  events: z.strictObject({
    sessionId,
    after: cursor,
    live: z.boolean().default(false),
    until: z.enum(["sync", "idle"]).optional(),
    signal,
  }),
  wait: z.strictObject({ sessionId, after: cursor, timeoutMs: z.number().min(0).optional(), signal }),
  import: z.strictObject({
    lines,
    replayOwner: wellFormed.min(1).max(255).optional(),
    strict: z.boolean().default(false),
  }),
  fork: z.strictObject({ sessionId, id: sessionIdSchema.optional(), at: cursor }),
  interrupt: z.strictObject({ sessionId, reason: wellFormed.max(1000).optional(), clear: z.boolean().default(false) }),
  listAsks: z.strictObject({
    sessionId: sessionId.optional(),
    rootId: sessionId.optional(),
    limit: z.int().min(1).max(200).default(50),
    page: z.string().optional(),
  }),
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
    by: wellFormed.min(1).max(255).optional(),
    agentOnly: z.boolean().default(false),
  }),
  approvals: z
    .strictObject({ sessionId: sessionId.optional(), project: wellFormed.min(1).max(4096).optional() })
    .refine(({ sessionId: session, project }) => (session === undefined) !== (project === undefined), {
      message: "expected exactly one of sessionId and project",
      path: ["project"],
    }),
  revoke: z.strictObject({
    project: wellFormed.min(1).max(4096),
    action: wellFormed.min(1),
    resource: wellFormed,
    agent: wellFormed.nullable().default(null),
  }),
  explain: z.strictObject({
    sessionId,
    agent: agent.optional(),
    action: wellFormed.min(1),
    resource: wellFormed,
  }),
  output: z.strictObject({
    sessionId,
    ref: z.string(),
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(51_200).default(51_200),
  }),
} as const;

/**
 * Checks what a method was given, before anything is done.
 *
 * @throws argument.invalid, naming each place that does not fit.
 */
export const parseArguments = <TSchema extends z.ZodType>(
  schema: TSchema,
  value: unknown,
  method: string,
): z.output<TSchema> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message }));
  const list = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  throw new HoldfastError("argument.invalid", {
    message: `${method} was called with arguments that do not fit: ${list}. Correct them; nothing was done.`,
    data: { method, issues },
  });
};

/** @throws argument.invalid where a text or its files are larger than an input may be. */
export const assertInputSize = (
  { text, files = [] }: { readonly text: string; readonly files?: readonly MessageFile[] | undefined },
  limits: Pick<Services["limits"], "inputBytes" | "files" | "fileBytes">,
  method: string,
): void => {
  const tooLarge = (found: string, limit: number, advice: string): HoldfastError<"argument.invalid"> =>
    new HoldfastError("argument.invalid", {
      message: `${method} was called with ${found}, and an input holds at most ${limit}. ${advice}; nothing was done.`,
      data: { method, found, limit },
    });
  const bytes = utf8Bytes(text);
  if (bytes > limits.inputBytes) {
    throw tooLarge(`a text of ${bytes} bytes`, limits.inputBytes, "Shorten it, or put it into a file");
  }
  if (files.length > limits.files) throw tooLarge(`${files.length} files`, limits.files, "Send fewer");
  const fileBytes = files.reduce((sum, { data }) => sum + data.length, 0);
  if (fileBytes > limits.fileBytes) {
    const advice = "Send smaller ones, or name them by their paths";
    throw tooLarge(`files of ${fileBytes} bytes of base64 together`, limits.fileBytes, advice);
  }
};

/** The error of a session that is not there. */
export const sessionNotFound = (id: SessionId): HoldfastError<"session.not-found"> =>
  new HoldfastError("session.not-found", {
    message: `There is no session ${id} in this store. Create it first, or check the ID and the store's path.`,
    data: { sessionId: id },
  });
