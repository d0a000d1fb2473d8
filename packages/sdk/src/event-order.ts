import { badAnswer, parsed } from "./attempt.ts";
import { isProblem, toError } from "./server-error.ts";

import type { Cursor, EventItem, EventsQuery, LiveEvent } from "@holdfast/core";
import type { HoldfastError } from "@holdfast/core/errors";
import type { DurableEvent } from "@holdfast/core/event";
import type { EventSourceMessage } from "eventsource-parser";

type Notice = Extract<EventItem, { readonly kind: "notice" }>["notice"];

/** What a frame says (PROTOCOL 4.3). */
export type Taken =
  | {
      readonly items: readonly EventItem[];
      /** How long the server wants to be left alone, in milliseconds. */
      readonly afterMs?: number | undefined;
    }
  | { readonly error: HoldfastError; readonly isPassing: boolean };

const nothing: Taken = { items: [] };

/** Puts the frames of one connection after the other into the one order of the log: no event twice, and an end only where one is. */
export class EventOrder {
  /** The last position that is known: where the next connection goes on. */
  cursor: Cursor | undefined;
  /** Whether nothing more is to come. */
  isOver = false;
  readonly #until: EventsQuery["until"];
  #lastSeq = -1;
  #isSynced = false;

  constructor(until: EventsQuery["until"]) {
    this.#until = until;
  }

  take({ event, id, data }: EventSourceMessage): Taken {
    const value = parsed(data);
    if (typeof value !== "object" || value === null) return refused("a frame without an object");
    switch (event) {
      case "event":
        return id === undefined
          ? refused("an event without a cursor")
          : this.#event(value as DurableEvent, id as Cursor);
      case "sync":
        return id === undefined ? refused("a sync without a cursor") : this.#sync(value as Synced, id as Cursor);
      case "live":
        return { items: [{ kind: "live", live: value as LiveEvent }] };
      case "notice":
        return this.#notice(value as Notice);
      case "error":
        return isProblem(value) ? failed(toError(value)) : refused("an error that is no problem");
      case "end":
        this.isOver = true;
        return nothing;
      case "reconnect":
        return { items: [], afterMs: (value as { readonly retryMs?: number }).retryMs };
      default:
        // A newer server's: what must be known comes under these names.
        return nothing;
    }
  }

  #event(event: DurableEvent, cursor: Cursor): Taken {
    // Sent twice, by whatever stands between: the log is read once.
    if (event.seq <= this.#lastSeq) return nothing;
    this.#lastSeq = event.seq;
    this.cursor = cursor;
    const item: EventItem = { kind: "event", event, cursor };
    const rest = this.#isSynced ? restAfter(event) : undefined;
    if (rest === undefined || (rest === "completed" && this.#until !== "idle")) return { items: [item] };
    // Said here and now: were the connection cut before the server's word for it, the next one might find the session at work again.
    this.isOver = true;
    return { items: this.#until === "idle" ? [item, { kind: "notice", notice: { type: "rest", rest } }] : [item] };
  }

  #sync({ live }: Synced, cursor: Cursor): Taken {
    this.cursor = cursor;
    this.#isSynced = true;
    this.isOver = this.#until === "sync";
    return { items: [{ kind: "sync", cursor, live }] };
  }

  #notice(notice: Notice): Taken {
    this.isOver = this.#until === "idle" && notice.type === "rest";
    return { items: [{ kind: "notice", notice }] };
  }
}

interface Synced {
  readonly live: boolean;
}

/** How an event brings a session to rest, where it does by itself. */
const restAfter = ({ type, data }: DurableEvent): "completed" | "deleted" | undefined => {
  if (type === "session.deleted") return "deleted";
  return type === "execution.ended" && data.outcome === "completed" ? "completed" : undefined;
};

const failed = (error: HoldfastError): Taken => ({ error, isPassing: error.retryable });

const refused = (found: string): Taken => failed(badAnswer(found, {}));
