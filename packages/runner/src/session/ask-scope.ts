import type { ExecutionId, SessionId } from "@holdfast/core";
import type { EventDataOf, EventDraft, EventType } from "@holdfast/core/event";
import type { LaneCommit } from "./commit-queue.ts";

/** The lane, as far as asking goes. */
export interface AskScope {
  readonly work: { readonly sessionId: SessionId; readonly executionId: ExecutionId; readonly startedSeq: number };
  readonly signal: AbortSignal;
  draft<TType extends EventType>(type: TType, data: EventDataOf<TType>): EventDraft;
  commit(drafts: readonly EventDraft[], options?: LaneCommit): Promise<unknown>;
}
