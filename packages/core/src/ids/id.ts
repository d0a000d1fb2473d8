import * as z from "zod";

/** A string that names one kind of thing: `ses_…`, `msg_…`. The brand exists only in the type. */
export type Id<TKind extends string> = string & z.$brand<TKind>;

// The kind is named by the caller: a brand is nothing at run time that it could be inferred from.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
const idOf = <TKind extends string>(prefix: string) =>
  z
    .string()
    .regex(
      new RegExp(`^${prefix}_[a-zA-Z0-9]{1,64}$`),
      `expected an ID of the form "${prefix}_" and 1 to 64 letters or digits`,
    )
    .brand<TKind>();

/** Identity of a session: `ses_…`. */
export const sessionIdSchema = idOf<"SessionId">("ses");
export type SessionId = z.infer<typeof sessionIdSchema>;

/** Identity of a message, and of the input that it was admitted as: `msg_…`. */
export const messageIdSchema = idOf<"MessageId">("msg");
export type MessageId = z.infer<typeof messageIdSchema>;

/** Identity of one event, unique in a store: `evt_…`. */
export const eventIdSchema = idOf<"EventId">("evt");
export type EventId = z.infer<typeof eventIdSchema>;

/** Identity of a tool call, ours: a provider's call ID is unique only within one step. `cal_…`. */
export const callIdSchema = idOf<"CallId">("cal");
export type CallId = z.infer<typeof callIdSchema>;

/** Identity of an execution, one durable busy period: `exe_…`. */
export const executionIdSchema = idOf<"ExecutionId">("exe");
export type ExecutionId = z.infer<typeof executionIdSchema>;

/** Identity of a step, one logical model call: `stp_…`. */
export const stepIdSchema = idOf<"StepId">("stp");
export type StepId = z.infer<typeof stepIdSchema>;

/** Identity of an ask, a durable question to a person: `ask_…`. */
export const askIdSchema = idOf<"AskId">("ask");
export type AskId = z.infer<typeof askIdSchema>;

/** Identity of a runtime as the owner of claims, random per runtime: `own_…`. */
export const ownerIdSchema = idOf<"OwnerId">("own");
export type OwnerId = z.infer<typeof ownerIdSchema>;

/** Identity of a store, made once when its first migration runs: `sto_…`. */
export const storeIdSchema = idOf<"StoreId">("sto");
export type StoreId = z.infer<typeof storeIdSchema>;

const schemas = {
  ses: sessionIdSchema,
  msg: messageIdSchema,
  evt: eventIdSchema,
  cal: callIdSchema,
  exe: executionIdSchema,
  stp: stepIdSchema,
  ask: askIdSchema,
  own: ownerIdSchema,
  sto: storeIdSchema,
} as const;

/** The prefixes that an ID may have. */
export type IdPrefix = keyof typeof schemas;

/** The type of the IDs that have a given prefix. */
export type IdOf<TPrefix extends IdPrefix> = z.infer<(typeof schemas)[TPrefix]>;
