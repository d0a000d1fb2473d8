import { textOf } from "../model/to-model-call.ts";

import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { AnswerMeter } from "../model/answer-meter.ts";
import type { OpenBlock } from "./open-block.ts";
import type { TakenAs } from "./read-parts.ts";

type BlockPart = Extract<
  LanguageModelV4StreamPart,
  { readonly type: `${"text" | "reasoning"}-${"start" | "delta" | "end"}` }
>;

/** The blocks of one kind that are being streamed, by the IDs that the provider gives them. */
export class OpenBlocks {
  readonly #make: () => OpenBlock;
  readonly #meter: AnswerMeter;
  readonly #open = new Map<string, OpenBlock>();

  constructor(make: () => OpenBlock, meter: AnswerMeter) {
    this.#make = make;
    this.#meter = meter;
  }

  take(part: BlockPart): TakenAs {
    const known = this.#open.get(part.id);
    if (part.type === "text-end" || part.type === "reasoning-end") {
      known?.note(part.providerMetadata);
      known?.end();
      this.#open.delete(part.id);
      return known === undefined ? "noise" : "news";
    }
    const block = known ?? this.#make();
    if (known === undefined) this.#open.set(part.id, block);
    block.note(part.providerMetadata);
    const delta = "delta" in part ? textOf(part.delta) : "";
    if (delta === "") return known === undefined ? "news" : "noise";
    this.#meter.count(delta.length);
    block.append(delta);
    return "news";
  }

  /** Shows none of them to new readers any more. */
  close(): void {
    for (const block of this.#open.values()) block.close();
  }

  /** Puts down what there is of each, since nothing more will come. */
  end({ cut }: { readonly cut: boolean }): void {
    for (const block of this.#open.values()) block.end({ cut });
    this.#open.clear();
  }
}
