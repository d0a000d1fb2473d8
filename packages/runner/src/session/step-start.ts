import type { MessageId } from "@holdfast/core";
import type { EventDraft } from "@holdfast/core/event";
import type { ClaimChange, SessionSnapshot } from "@holdfast/core/store";

/** What shares the commit of a step's start. */
export interface StepStart {
  /** Whether the session would otherwise be idle, so that a queued input may open an activity. */
  readonly opening: boolean;
  /** The commit that starts the execution itself: its event, its claim, and the inputs that it wakes. */
  readonly execution?: {
    readonly draft: EventDraft;
    readonly claim: ClaimChange;
    readonly woken: readonly MessageId[];
  };
  /** What was read a moment ago, where it was. */
  readonly snapshot?: SessionSnapshot;
}
