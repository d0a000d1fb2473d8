import { textOf } from "../model/to-model-call.ts";
import { OpenCallInput } from "./open-call-input.ts";

import type { MessageId } from "@holdfast/core";
import type { LiveHub } from "../live/live-hub.ts";
import type { Lane } from "./lane.ts";

/** Where an input is being written. */
export interface InputStart {
  readonly id: string;
  readonly name: unknown;
  readonly messageId: MessageId;
  readonly position: number;
}

/** The inputs of calls that a provider is writing, by the IDs that it gives them. */
export class CallInputs {
  readonly #lane: Lane;
  readonly #hub: LiveHub;
  readonly #open = new Map<string, OpenCallInput>();

  constructor(lane: Lane, hub: LiveHub) {
    this.#lane = lane;
    this.#hub = hub;
  }

  has(id: string): boolean {
    return this.#open.has(id);
  }

  start({ id, name, messageId, position }: InputStart): void {
    this.#open.set(id, new OpenCallInput(this.#lane, this.#hub, { messageId, position, name: textOf(name) }));
  }

  append(id: string, delta: string): void {
    this.#open.get(id)?.append(delta);
  }

  /** Ends an input, since its call is there as a whole. Undefined where nothing of it was written. */
  end(id: string): OpenCallInput | undefined {
    const input = this.#open.get(id);
    input?.close();
    this.#open.delete(id);
    return input;
  }

  /** Shows none of them to new readers any more. */
  close(): void {
    for (const input of this.#open.values()) input.close();
    this.#open.clear();
  }
}
