// Entry "./event": for who reads or writes the log.
export { askAnswerSchema, askQuestionSchema, askShownSchema } from "./event/ask-events.ts";
export { maxInlineBytes, toTextValue, utf8Bytes } from "./event/blob-ref.ts";
export { blobsOf } from "./event/blobs-of.ts";
export { boundaryOf, eventCatalogue, isEventType, isOwnerOnly } from "./event/catalogue.ts";
export { mostSummaryBytes } from "./event/compaction-events.ts";
export { mostContextSources } from "./event/context-events.ts";
export { decodeEvent } from "./event/decode.ts";
export { envelopeText, genesisHash, sealEnvelope } from "./event/envelope.ts";
export { inlineBlobs } from "./event/inline-blobs.ts";
export { inlinedBytes } from "./event/inlined-bytes.ts";
export { todoListSchema } from "./event/todo-events.ts";
export { noUsage } from "./event/add-usage.ts";

export type { AskAnswer, AskExpiredReason, AskKind, AskQuestion, AskShown } from "./event/ask-events.ts";
export type { Blob, BlobRef, TextValue } from "./event/blob-ref.ts";
export type { DurableEvent, EventDataOf, EventDraft, EventType } from "./event/catalogue.ts";
export type { CompactionReason } from "./event/compaction-events.ts";
export type { ToldSource } from "./event/context-events.ts";
export type { Boundary, EventDefinition } from "./event/define-event.ts";
export type { Envelope, SealedEnvelope, StoredEnvelope } from "./event/envelope.ts";
export type { CallVerdict, ExecutionOutcome } from "./event/execution-events.ts";
export type { Failure, FailureClass } from "./event/failure.ts";
export type { Delivery, InputFile, InputKind } from "./event/input-events.ts";
export type { AttemptStatus } from "./event/step-events.ts";
export type { CallOutcome, ReplayPolicy, StopReason } from "./event/tool-events.ts";
export type { Todo } from "./event/todo-events.ts";
export type { ReadBlob } from "./event/inline-blobs.ts";
export type { Usage } from "./event/usage.ts";
