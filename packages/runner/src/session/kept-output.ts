import { toOutputRef } from "@holdfast/core/tool";

import type { CallOutcome } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { CallOutputs, OutputContent } from "@holdfast/core/tool";
import type { OutputPlace } from "./bound-outcome.ts";

/** What a tool keeps of one call, by its own choice. */
export class KeptOutput implements Pick<CallOutputs, "keep"> {
  readonly #store: Store;
  readonly #place: OutputPlace;
  #reference: string | undefined;

  constructor(store: Store, place: OutputPlace) {
    this.#store = store;
    this.#place = place;
  }

  readonly keep = async (content: OutputContent): Promise<string> => {
    await this.#store.putOutput(this.#place, content);
    this.#reference = toOutputRef(this.#place);
    return this.#reference;
  };

  /** An outcome that says where the whole is, if anything was kept. One that was stopped has no text of its own to say it in. */
  mark(outcome: CallOutcome): CallOutcome {
    if (this.#reference === undefined) return outcome;
    const marked = { ...outcome, output: this.#reference };
    return outcome.status === "stopped"
      ? { ...marked, content: `${outcome.content} What it had given until then: ${this.#reference}` }
      : marked;
  }
}
