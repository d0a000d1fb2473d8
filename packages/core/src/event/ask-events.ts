import * as z from "zod";

import { askIdSchema, callIdSchema, executionIdSchema } from "../ids/id.ts";
import { jsonValueSchema } from "../json/json-value.ts";
import { defineEvent } from "./define-event.ts";

const text = z.string().max(10_000);

/** A question with its options, as a person is shown it. */
export const askQuestionSchema = z.strictObject({
  question: z.string().min(1).max(2_000),
  /** A few words that name it. */
  header: z.string().max(80).exactOptional(),
  options: z.array(z.strictObject({ label: z.string().min(1).max(200), description: text.exactOptional() })).max(20),
  /** Whether more than one option may be chosen. */
  multiple: z.boolean(),
  /** Whether an answer in words of one's own is possible. */
  custom: z.boolean(),
});
export type AskQuestion = z.infer<typeof askQuestionSchema>;

/** What a person is shown, by the kind of the ask. */
export const askShownSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("permission"),
    tool: z.string(),
    action: z.string().min(1),
    resources: z.array(z.string()).min(1),
    /** Patterns of resources that "always" approves. */
    always: z.array(z.string()),
    /** What the tool shows of what it is about to do, such as a diff. */
    preview: jsonValueSchema.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal("question"),
    tool: z.string(),
    questions: z.array(askQuestionSchema).min(1).max(10),
  }),
  z.strictObject({
    kind: z.literal("unknown-effect"),
    tool: z.string(),
    /** The effect as it was recorded before it began. */
    effect: jsonValueSchema,
    /** How often it had begun: an answer is for this beginning and no later one. */
    attempt: z.int().min(1),
    /** What the tool found when it looked. */
    found: z.enum(["not", "partial", "unknown"]),
    detail: text.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal("budget"),
    limit: z.enum(["tokens", "cost", "steps"]),
    /** What the activity has used, and may use. */
    used: z.number().min(0),
    allowed: z.number().min(0),
  }),
  z.strictObject({
    kind: z.literal("recovery"),
    reason: text,
    calls: z.array(z.strictObject({ callId: callIdSchema, name: z.string(), state: z.enum(["called", "begun"]) })),
    asksModel: z.boolean(),
  }),
]);
export type AskShown = z.infer<typeof askShownSchema>;
export type AskKind = AskShown["kind"];

/** A person's answer, by the kind of the ask. */
export const askAnswerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("permission"),
    /** `always` also saves an approval for the project. */
    reply: z.enum(["once", "always", "deny"]),
    /** What the model is told with a denial. */
    feedback: text.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal("question"),
    /** For each question what was chosen or said, in order; absent where it was dismissed. */
    answers: z.array(z.array(text)).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal("unknown-effect"),
    /** `happened`: it did. `continue`: do what is missing. `give-up`: leave it as it is. */
    reply: z.enum(["happened", "continue", "give-up"]),
    feedback: text.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal("budget"),
    reply: z.enum(["continue", "stop"]),
  }),
  z.strictObject({
    kind: z.literal("recovery"),
    /** `resume`: go on with all that was open. `stop`: settle and end it as interrupted. */
    reply: z.enum(["resume", "stop"]),
  }),
]);
export type AskAnswer = z.infer<typeof askAnswerSchema>;

/** Written by the owner when a person has to decide: proves what was shown, and that nothing is done before there is an answer. */
export const askOpened = defineEvent(
  "ask.opened",
  z.strictObject({
    askId: askIdSchema,
    executionId: executionIdSchema,
    /** The call that waits for the answer; absent where the execution does. */
    callId: callIdSchema.exactOptional(),
    /** SHA-256 over the call's ID, its input and what is shown: an answer is for this and nothing else. */
    identity: z.string().length(64),
    shown: askShownSchema,
    /** Of an ask whether to go on: the fence of the owner before, where its process was proven gone when this was opened. */
    goneFence: z.int().min(1).exactOptional(),
    /** When it expires unanswered, in epoch milliseconds; absent for never. */
    expires: z.int().min(0).exactOptional(),
  }),
  { ownerOnly: true },
);

/** Written by whoever answers, in any process: proves the one answer, and is consent to go on with it. */
export const askAnswered = defineEvent(
  "ask.answered",
  z.strictObject({
    askId: askIdSchema,
    /** The ask's identity, as the one who answers saw it. */
    identity: z.string().length(64),
    answer: askAnswerSchema,
    /** Who answered, in the host's words. */
    by: z.string().max(255).exactOptional(),
  }),
);

/** Why an ask is over without an answer of its own. */
export const askExpiredReasonSchema = z.enum(["time", "settled", "denied", "dismissed", "interrupted"]);
export type AskExpiredReason = z.infer<typeof askExpiredReasonSchema>;

/**
 * Written when an ask is over without an answer, by anyone: its time passed, its call was settled, another ask of the session was denied, a
 * new prompt dismissed it, or the session was interrupted. Proves that an answer comes too late.
 */
export const askExpired = defineEvent(
  "ask.expired",
  z.strictObject({ askId: askIdSchema, reason: askExpiredReasonSchema, feedback: text.exactOptional() }),
);
