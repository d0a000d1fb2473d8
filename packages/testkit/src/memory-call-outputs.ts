import { HoldfastError } from "@holdfast/core";
import { wholeOutput } from "@holdfast/core/store";
import { characterBoundary, fromOutputRef, toOutputRef } from "@holdfast/core/tool";

import { createSeededIds } from "./seeded-ids.ts";

import type { CallOutputs } from "@holdfast/core/tool";

const ids = createSeededIds(1);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The outputs of a session in memory, for tools that are called without a runtime: what one call kept, a later one reads. */
export class MemoryCallOutputs implements CallOutputs {
  readonly #kept: Uint8Array[] = [];
  readonly #place = { sessionId: ids.next("ses"), callId: ids.next("cal") };

  /** What calls kept, in order. */
  get kept(): readonly Uint8Array[] {
    return this.#kept;
  }

  readonly keep: CallOutputs["keep"] = async (content) =>
    toOutputRef({ ...this.#place, attempt: this.#kept.push(wholeOutput(content)) });

  readonly read: CallOutputs["read"] = async (reference, { offset = 0, limit = 51_200 } = {}) => {
    const key = fromOutputRef(reference);
    const content = key?.sessionId === this.#place.sessionId ? this.#kept[key.attempt - 1] : undefined;
    if (content === undefined)
      throw new HoldfastError("output.not-found", {
        message: `Expected an output that a call kept, found none under ${reference}. Keep one first.`,
        data: { ref: reference },
      });
    const start = characterBoundary(content, Math.min(offset, content.length));
    const end = characterBoundary(content, Math.min(start + limit, content.length));
    return { text: decoder.decode(content.subarray(start, end)), offset: start, end, size: content.length };
  };
}
