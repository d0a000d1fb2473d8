import { History } from "@holdfast/core/history";

import { LiveOverlay } from "./live-overlay.ts";

import type { CallId, EventItem, Message, MessageId, Rest, UserMessage } from "@holdfast/core";
import type { AskShown, DurableEvent } from "@holdfast/core/event";

/** An ask that has no answer yet, as the log tells it. */
export interface OpenAsk {
  readonly askId: string;
  readonly identity: string;
  readonly shown: AskShown;
  readonly callId?: CallId;
  /** When it expires unanswered, in epoch milliseconds. */
  readonly expires?: number;
}

/** What a transcript shows between messages: recoveries, requests to stop, ends that are no answer, and compactions. */
export type Marker = DurableEvent<
  "execution.recovered" | "execution.ended" | "interrupt.requested" | "compaction.ended" | "compaction.failed"
>;

/** All that is shown of one session, folded from its events in order. The log is the one source: whoever reads it anew sees the same. */
export class SessionView {
  readonly overlay = new LiveOverlay();
  readonly #history = new History();
  readonly #pending = new Set<MessageId>();
  readonly #asks = new Map<string, OpenAsk>();
  readonly #stepMessages = new Map<string, MessageId>();
  readonly log: DurableEvent[] = [];
  readonly markers: Marker[] = [];
  /** Whether everything up to the end of the log was read once. */
  isSynced = false;
  /** Whether fragments come from this server. */
  isLive = false;
  /** How the session rests, as the server last said; undefined while it works. */
  rest: Rest | undefined;

  get messages(): readonly Message[] {
    return this.#history.messages;
  }

  /** Inputs that the model has not seen yet, in the order of their admission. */
  get pending(): readonly UserMessage[] {
    return [...this.#pending].flatMap((messageId) => this.#history.pending(messageId, 0) ?? []);
  }

  get asks(): readonly OpenAsk[] {
    return [...this.#asks.values()];
  }

  /** Whether an execution is open, as far as the log tells. */
  isBusy = false;

  /** Messages below the floor of a pruned log: they come before all events. */
  restore(messages: readonly Message[]): void {
    for (const message of messages) this.#history.restore(message);
  }

  take(item: EventItem): void {
    switch (item.kind) {
      case "event":
        return this.#event(item.event);
      case "sync":
        this.isSynced = true;
        this.isLive = item.live;
        return this.overlay.clear();
      case "live":
        return this.overlay.take(item.live);
      case "notice":
        if (item.notice.type === "rest") this.rest = item.notice.rest;
        else this.overlay.clear();
        return;
      default:
        item satisfies never;
    }
  }

  #event(event: DurableEvent): void {
    this.log.push(event);
    this.#history.apply(event);
    this.rest = undefined;
    (this.#appliers[event.type] as ((event: DurableEvent) => void) | undefined)?.(event);
  }

  readonly #appliers: { readonly [T in DurableEvent["type"]]?: (event: DurableEvent<T>) => void } = {
    "input.admitted": ({ data }) => void this.#pending.add(data.messageId),
    "input.promoted": ({ data }) => void this.#pending.delete(data.messageId),
    "input.withdrawn": ({ data }) => void this.#pending.delete(data.messageId),
    "execution.started": () => void (this.isBusy = true),
    "execution.recovered": (event) => void this.markers.push(event),
    "interrupt.requested": (event) => void this.markers.push(event),
    "compaction.ended": (event) => void this.markers.push(event),
    "compaction.failed": (event) => void this.markers.push(event),
    "execution.ended": (event) => {
      this.isBusy = false;
      this.rest = event.data.outcome;
      this.overlay.clear();
      if (event.data.outcome !== "completed") this.markers.push(event);
    },
    "attempt.started": ({ data }) => void this.#stepMessages.set(data.stepId, data.messageId),
    "attempt.ended": ({ data }) => {
      const messageId = this.#stepMessages.get(data.stepId);
      if (messageId !== undefined) this.overlay.close(messageId);
    },
    "text.ended": ({ data }) => this.overlay.settle(data.messageId, data.position),
    "reasoning.ended": ({ data }) => this.overlay.settle(data.messageId, data.position),
    "tool.called": ({ data }) => this.overlay.settle(data.messageId, data.position),
    "tool.settled": ({ data }) => this.overlay.settleCall(data.callId),
    "ask.opened": ({ data }) => void this.#asks.set(data.askId, data),
    "ask.answered": ({ data }) => void this.#asks.delete(data.askId),
    "ask.expired": ({ data }) => void this.#asks.delete(data.askId),
  };
}
