import type { Cursor } from "../cursor/cursor.ts";
import type { DurableEvent } from "../event/catalogue.ts";
import type { CallId, MessageId } from "../ids/id.ts";
import type { JsonObject } from "../json/json-value.ts";
import type { Rest } from "./rest.ts";

/** Which events to read, and for how long. */
export interface EventsQuery {
  readonly sessionId: string;
  /** Exclusive. Default: from where the log begins, which is the floor of a pruned one. */
  readonly after?: string | undefined;
  /** Whether to overlay live fragments. Only the owner's process has any. Default false. */
  readonly live?: boolean | undefined;
  /** `"sync"`: end at the log's end. `"idle"`: end at the first rest at or after `after`. Default: never. */
  readonly until?: "sync" | "idle" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A fragment of something that is not durable yet. It is never stored, never moves a cursor, and never comes before the
 * durable events that it depends on.
 */
export type LiveEvent =
  /** A block that is open, with all of its text so far: the first fragment that a reader gets of it. */
  | {
      readonly type: "block.open";
      readonly messageId: MessageId;
      readonly position: number;
      readonly kind: "text" | "reasoning";
      readonly text: string;
    }
  | {
      readonly type: "block.delta";
      readonly messageId: MessageId;
      readonly position: number;
      readonly kind: "text" | "reasoning";
      readonly delta: string;
    }
  /** A call's input that is being written. */
  | {
      readonly type: "tool-input.open";
      readonly messageId: MessageId;
      readonly position: number;
      readonly name: string;
      readonly input: string;
    }
  | {
      readonly type: "tool-input.delta";
      readonly messageId: MessageId;
      readonly position: number;
      readonly delta: string;
    }
  /** What a running tool reports. */
  | { readonly type: "tool.progress"; readonly callId: CallId; readonly update: JsonObject };

/** What `events` yields. */
export type EventItem =
  | { readonly kind: "event"; readonly event: DurableEvent; readonly cursor: Cursor }
  /** Everything up to here was the past. `live` says whether fragments follow from this process. */
  | { readonly kind: "sync"; readonly cursor: Cursor; readonly live: boolean }
  | { readonly kind: "live"; readonly live: LiveEvent }
  /** The session rests, or the reader was too slow for its fragments, which were dropped (durable events never are). */
  | {
      readonly kind: "notice";
      readonly notice: { readonly type: "rest"; readonly rest: Rest } | { readonly type: "live-dropped" };
    };
