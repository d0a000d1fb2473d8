import { askAnswered, askExpired, askOpened } from "./ask-events.ts";
import { compactionEnded, compactionFailed, compactionStarted } from "./compaction-events.ts";
import { contextAdmitted } from "./context-events.ts";
import { executionEnded, executionRecovered, executionStarted, interruptRequested } from "./execution-events.ts";
import { inputAdmitted, inputPromoted, inputReplaced, inputWithdrawn } from "./input-events.ts";
import { sessionCreated, sessionDeleted, sessionMoved, sessionUpdated } from "./session-events.ts";
import {
  attemptEnded,
  attemptStarted,
  reasoningEnded,
  retryScheduled,
  stepEnded,
  stepFailed,
  stepStarted,
  textEnded,
} from "./step-events.ts";
import { todoUpdated } from "./todo-events.ts";
import { toolBegun, toolCalled, toolSettled } from "./tool-events.ts";

import type * as z from "zod";
import type { Boundary } from "./define-event.ts";
import type { Envelope, SealedEnvelope } from "./envelope.ts";

/** Every durable event of core, by type. Its shape is pinned by a hash in a test. */
export const eventCatalogue = {
  "session.created": sessionCreated,
  "session.updated": sessionUpdated,
  "session.moved": sessionMoved,
  "session.deleted": sessionDeleted,
  "input.admitted": inputAdmitted,
  "input.promoted": inputPromoted,
  "input.replaced": inputReplaced,
  "input.withdrawn": inputWithdrawn,
  "execution.started": executionStarted,
  "execution.recovered": executionRecovered,
  "execution.ended": executionEnded,
  "interrupt.requested": interruptRequested,
  "step.started": stepStarted,
  "step.ended": stepEnded,
  "step.failed": stepFailed,
  "attempt.started": attemptStarted,
  "attempt.ended": attemptEnded,
  "retry.scheduled": retryScheduled,
  "text.ended": textEnded,
  "reasoning.ended": reasoningEnded,
  "tool.called": toolCalled,
  "tool.begun": toolBegun,
  "tool.settled": toolSettled,
  "ask.opened": askOpened,
  "ask.answered": askAnswered,
  "ask.expired": askExpired,
  "todo.updated": todoUpdated,
  "compaction.started": compactionStarted,
  "compaction.ended": compactionEnded,
  "compaction.failed": compactionFailed,
  "context.admitted": contextAdmitted,
} as const;

/** The types of the durable events of core. */
export type EventType = keyof typeof eventCatalogue;

/** The data of an event of a given type. */
export type EventDataOf<TType extends EventType> = z.infer<(typeof eventCatalogue)[TType]["data"]>;

/** An event of core as it is read: its envelope, sealed, with the data of its type. */
export type DurableEvent<TType extends EventType = EventType> = {
  readonly [T in TType]: Omit<SealedEnvelope, "type" | "data"> & { readonly type: T; readonly data: EventDataOf<T> };
}[TType];

/** An event before the store gives it its place: what a plan carries. */
export type EventDraft<TType extends EventType = EventType> = {
  readonly [T in TType]: Pick<Envelope, "id" | "time" | "version"> & {
    readonly type: T;
    readonly data: EventDataOf<T>;
    /** Hashes of the blobs that the data refers to. */
    readonly blobs?: readonly string[];
  };
}[TType];

/** Whether a type is one of core's. */
export const isEventType = (type: string): type is EventType => Object.hasOwn(eventCatalogue, type);

/** The durable boundary that an event of this type marks, if it marks one. */
export const boundaryOf = (type: string): Boundary | undefined =>
  isEventType(type) ? eventCatalogue[type].boundary : undefined;

/** Whether only the owner of a session's execution may write events of this type. */
export const isOwnerOnly = (type: EventType): boolean => eventCatalogue[type].ownerOnly;
