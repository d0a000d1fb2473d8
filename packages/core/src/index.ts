// Entry ".": for who embeds a runtime.
export { fromCursor, toCursor, assertCursorInLog } from "./cursor/cursor.ts";
export { errorCatalogue } from "./errors/catalogue.ts";
export { HoldfastError } from "./errors/holdfast-error.ts";
export {
  askIdSchema,
  callIdSchema,
  eventIdSchema,
  executionIdSchema,
  messageIdSchema,
  ownerIdSchema,
  sessionIdSchema,
  stepIdSchema,
  storeIdSchema,
} from "./ids/id.ts";
export { canonicalJson, toWellFormed } from "./json/canonical.ts";
export { deepFreeze } from "./json/deep-freeze.ts";
export { isJsonObject, isJsonValue, jsonObjectSchema, jsonValueSchema } from "./json/json-value.ts";
export { parseJson } from "./json/parse.ts";
export { toWellFormedJson } from "./json/well-formed.ts";
export { deniesOf, evaluate, stricter } from "./permission/evaluate.ts";
export { matchesPattern } from "./permission/pattern.ts";
export { effectSchema, ruleSchema, rulesText } from "./permission/rule.ts";
export { createIdSource } from "./ports/id-source.ts";
export { silentLogger } from "./ports/logger.ts";
export { locationKey, locationSchema } from "./session/location.ts";
export { modelRefSchema } from "./session/model-ref.ts";

export type { AnswerAsk, AnswerReceipt, AskInfo, AskPage, Asks, Explanation, ListAsks } from "./api/asks.ts";
export type { EventItem, EventsQuery, LiveEvent } from "./api/event-item.ts";
export type { Holdfast, Outputs } from "./api/holdfast.ts";
export type { OutputWindow } from "./output/output-window.ts";
export type {
  FileEntry,
  FileList,
  ListFiles,
  LocationInfo,
  Locations,
  PluginInfo,
  TapInfo,
  ToolInfo,
} from "./api/locations.ts";
export type { ModelInfo, Models } from "./api/models.ts";
export type { CallForecast, RecoveryForecast, RecoveryInfo } from "./api/recovery-info.ts";
export type {
  Compact,
  InputChange,
  InputDisposition,
  Interrupt,
  InterruptOutcome,
  PendingInput,
  Prompt,
  Receipt,
  ReplaceInput,
  WithdrawInput,
} from "./api/inbox.ts";
export type { ActiveSession, ContextMessage, ContextTool, SessionContext } from "./api/session-context.ts";
export type {
  CreateSession,
  ListSessions,
  LocationOption,
  MoveSession,
  SessionInfo,
  SessionPage,
  UpdateSession,
} from "./api/session-info.ts";
export type {
  DeleteOutcome,
  MessagePage,
  MessagesQuery,
  ResumeOutcome,
  Sessions,
  WaitOutcome,
} from "./api/sessions.ts";
export type { Rest } from "./api/rest.ts";
export type { ForkOrigin, ForkSession, ImportOutcome, ImportSession, ReleaseOutcome } from "./api/transfer.ts";
export type { Cursor, CursorPosition, LogView } from "./cursor/cursor.ts";
export type { ErrorCode, ErrorData, ErrorEntry } from "./errors/catalogue.ts";
export type { HoldfastErrorOptions } from "./errors/holdfast-error.ts";
export type {
  AskId,
  CallId,
  EventId,
  ExecutionId,
  Id,
  IdOf,
  IdPrefix,
  MessageId,
  OwnerId,
  SessionId,
  StepId,
  StoreId,
} from "./ids/id.ts";
export type { JsonObject, JsonValue } from "./json/json-value.ts";
export type { ParsedJson } from "./json/parse.ts";
export type { Binding, Evaluation } from "./permission/evaluate.ts";
export type { Effect, PermissionRequest, Rule } from "./permission/rule.ts";
export type { Clock } from "./ports/clock.ts";
export type { FaultPoints } from "./ports/fault-points.ts";
export type { Hash } from "./ports/hash.ts";
export type { IdSource } from "./ports/id-source.ts";
export type { Logger } from "./ports/logger.ts";
export type {
  AssistantMessage,
  BlockPart,
  CallPart,
  HostedResult,
  Message,
  MessageFile,
  SystemMessage,
  UserMessage,
} from "./session/message.ts";
export type { Location } from "./session/location.ts";
export type { ModelRef } from "./session/model-ref.ts";
