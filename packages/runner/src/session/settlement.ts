import type { Blob, CallOutcome, EventDataOf } from "@holdfast/core/event";

/** What a call comes to, before its text is bounded, and the blobs that it refers to. */
export interface Settlement extends Omit<EventDataOf<"tool.settled">, "callId"> {
  readonly outcome: CallOutcome;
  readonly blobs?: readonly Blob[];
}
