import type { EventItem, LiveEvent } from "@holdfast/core";

type Block = Extract<LiveEvent, { readonly type: "block.open" | "tool-input.open" }>;

/** The blocks and inputs that are being written, as one reader of a session was told of them: for whoever joins it. */
export class OpenFragments {
  readonly #blocks = new Map<string, Block>();

  /** All that is open, with its text so far. */
  get all(): readonly LiveEvent[] {
    return [...this.#blocks.values()];
  }

  /** Learns from the next item. */
  note(item: EventItem): void {
    if (item.kind === "live") this.#noteLive(item.live);
    else if (item.kind === "notice") this.#blocks.clear();
    else if (item.kind === "event") this.#noteEvent(item.event);
  }

  #noteLive(live: LiveEvent): void {
    if (live.type === "tool.progress") return;
    const place = placeOf(live);
    if (live.type === "block.open" || live.type === "tool-input.open") {
      this.#blocks.set(place, live);
      return;
    }
    const block = this.#blocks.get(place);
    if (block?.type === "block.open") this.#blocks.set(place, { ...block, text: block.text + live.delta });
    else if (block !== undefined) this.#blocks.set(place, { ...block, input: block.input + live.delta });
  }

  #noteEvent(event: Extract<EventItem, { readonly kind: "event" }>["event"]): void {
    switch (event.type) {
      case "text.ended":
      case "reasoning.ended":
      case "tool.called":
        this.#blocks.delete(placeOf(event.data));
        break;
      case "attempt.ended":
      case "step.ended":
      case "step.failed":
      case "execution.ended":
        this.#blocks.clear();
        break;
      default:
        break;
    }
  }
}

const placeOf = ({ messageId, position }: { readonly messageId: string; readonly position: number }): string =>
  `${messageId} ${position}`;
