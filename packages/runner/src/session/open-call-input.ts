import type { LiveEvent, MessageId } from "@holdfast/core";
import type { LiveHub, OpenFragment } from "../live/live-hub.ts";
import type { Lane } from "./lane.ts";

interface CallPlace {
  readonly messageId: MessageId;
  readonly position: number;
}

/** The input of a call while the model writes it: live only, since the call is durable as a whole. */
export class OpenCallInput implements OpenFragment {
  readonly place: CallPlace;
  readonly #lane: Lane;
  readonly #hub: LiveHub;
  readonly #name: string;
  #input = "";

  constructor(lane: Lane, hub: LiveHub, call: CallPlace & { readonly name: string }) {
    this.#lane = lane;
    this.#hub = hub;
    this.#name = call.name;
    this.place = { messageId: call.messageId, position: call.position };
    hub.open(lane.work.sessionId, this);
  }

  /** Characters so far. */
  get length(): number {
    return this.#input.length;
  }

  snapshot(): { readonly live: LiveEvent; readonly afterSeq: number } {
    const live = { type: "tool-input.open" as const, ...this.place, name: this.#name, input: this.#input };
    return { live, afterSeq: this.#lane.headSeq };
  }

  append(delta: string): void {
    this.#input += delta;
    const { sessionId } = this.#lane.work;
    if (!this.#hub.hasListeners(sessionId)) return;
    this.#hub.emit(sessionId, {
      live: { type: "tool-input.delta", ...this.place, delta },
      afterSeq: this.#lane.headSeq,
    });
  }

  /** Shows the input to new readers no more. */
  close(): void {
    this.#hub.close(this.#lane.work.sessionId, this);
  }
}
