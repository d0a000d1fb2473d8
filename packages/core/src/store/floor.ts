import type { MessageId, SessionId } from "../ids/id.ts";
import type { LogHead } from "./plan.ts";
import type { RowSnapshot } from "./rows.ts";

/**
 * Where a pruned log begins, and all that was true there and is no message. A floor is the end of an execution (boundary B7) at or
 * below which nothing is open: no input, no call. Verification starts here: its hash is what the first event that is left chains to.
 */
export interface Floor extends LogHead {
  readonly sessionId: SessionId;
  /** The highest fence at or below: a new one is greater. 0 for none. */
  readonly fence: number;
  /** The `hash` of the last message that is frozen at or below; 64 zeros for none. */
  readonly messagesHash: string;
  /**
   * The rows at the floor that later events build on: the session's, its todos', and those of its latest execution, step and attempt. Messages
   * keep their rows in `message`, which is empty here: `Store.rows` gives those of frozen messages like all others. What else was
   * projected from the removed events is gone with them.
   */
  readonly rows: RowSnapshot;
}

/** A message that was settled at or below the floor, with its value: it reads as it did before its events were removed. */
export interface FrozenMessage {
  readonly messageId: MessageId;
  readonly seq: number;
  readonly role: "user" | "assistant" | "system";
  /** Canonical JSON of the `Message`, its texts inline. */
  readonly value: string;
  /** Chains the frozen messages of a session as events are chained, so that a changed byte in one is found: see `freezeMessage`. */
  readonly hash: string;
}

/** What a pruning removes, as plain data: made by `planPrune`. */
export interface PrunePlan {
  readonly floor: Floor;
  /** The floor before; null where the log was whole. The plan is refused where it has moved since. */
  readonly expected: number | null;
  /** The messages between the two floors, oldest first. */
  readonly messages: readonly FrozenMessage[];
}

/** What a pruning came to. */
export interface PruneResult {
  readonly removedEvents: number;
  /** Texts that no event refers to any more, and that were removed with them. */
  readonly removedBlobs: number;
}
