import { toWellFormed } from "@holdfast/core";
import { toTextValue } from "@holdfast/core/event";

import { toMetadata } from "../model/to-json.ts";
import { sha256 } from "../ports/sha256.ts";

import type { LiveEvent, MessageId } from "@holdfast/core";
import type { LiveHub, OpenFragment } from "../live/live-hub.ts";
import type { Lane } from "./lane.ts";

interface BlockPlace {
  readonly messageId: MessageId;
  readonly position: number;
  readonly kind: "text" | "reasoning";
}

/** A block that is being streamed: its fragments are live, and its whole text becomes one durable event at its end. */
export class OpenBlock implements OpenFragment {
  readonly #lane: Lane;
  readonly #hub: LiveHub;
  readonly #place: BlockPlace;
  #text = "";
  #providerMetadata: unknown;

  constructor(lane: Lane, hub: LiveHub, place: BlockPlace) {
    this.#lane = lane;
    this.#hub = hub;
    this.#place = place;
    hub.open(lane.work.sessionId, this);
  }

  snapshot(): { readonly live: LiveEvent; readonly afterSeq: number } {
    return { live: { type: "block.open", ...this.#place, text: this.#text }, afterSeq: this.#lane.headSeq };
  }

  append(delta: string): void {
    this.#text += delta;
    const { sessionId } = this.#lane.work;
    if (!this.#hub.hasListeners(sessionId)) return;
    this.#hub.emit(sessionId, { live: { type: "block.delta", ...this.#place, delta }, afterSeq: this.#lane.headSeq });
  }

  /** Notes what the provider wants to see again: what it says last counts, and it may say so at any part of a block. */
  note(providerMetadata: unknown): void {
    if (providerMetadata !== undefined) this.#providerMetadata = providerMetadata;
  }

  /** Shows the block to new readers no more. */
  close(): void {
    this.#hub.close(this.#lane.work.sessionId, this);
  }

  /** Puts the durable value down. `cut` where the stream broke; an empty block that was cut says nothing, and is left out. */
  end({ cut = false }: { readonly cut?: boolean } = {}): void {
    this.close();
    if (cut && this.#text === "") return;
    const { messageId, position, kind } = this.#place;
    // A text that was cut in mid-emoji ends in a lone surrogate, which cannot be sealed.
    const { value, blobs } = toTextValue(toWellFormed(this.#text), sha256);
    const providerMetadata = toMetadata(this.#providerMetadata);
    const data = {
      messageId,
      position,
      text: value,
      ...(cut ? { cut: true as const } : {}),
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    };
    this.#lane.stage(this.#lane.draft(kind === "text" ? "text.ended" : "reasoning.ended", data, blobs), blobs);
  }
}
