import type { CallId, JsonObject, LiveEvent, MessageId } from "@holdfast/core";

/** A fragment, and the last durable event that it comes after. */
export interface Fragment {
  readonly live: LiveEvent;
  readonly afterSeq: number;
}

type Kind = "text" | "reasoning";

interface Open {
  readonly messageId: MessageId;
  readonly position: number;
  readonly kind: Kind | "tool-input";
  readonly name: string;
  text: string;
}

/** The fragments of one session: those that are open, for who comes in, and each as it comes. */
export class FakeLive {
  /** Where the log ends, as far as this session's lane has written it. */
  seq = -1;
  readonly #listeners = new Set<(fragment: Fragment) => void>();
  readonly #open = new Map<number, Open>();

  listen(listener: (fragment: Fragment) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Everything that is open, as a reader is first told of it. */
  snapshot(): readonly Fragment[] {
    return [...this.#open.values()].map((open) => ({ live: openEvent(open), afterSeq: this.seq }));
  }

  begin(
    messageId: MessageId,
    position: number,
    { kind, name = "" }: { readonly kind: Open["kind"]; readonly name?: string },
  ): void {
    const open: Open = { messageId, position, kind, name, text: "" };
    this.#open.set(position, open);
    this.#tell(openEvent(open));
  }

  add(position: number, delta: string): void {
    const open = this.#open.get(position);
    if (open === undefined) return;
    open.text += delta;
    const { messageId, kind } = open;
    this.#tell(
      kind === "tool-input"
        ? { type: "tool-input.delta", messageId, position, delta }
        : { type: "block.delta", messageId, position, kind, delta },
    );
  }

  end(position: number): void {
    this.#open.delete(position);
  }

  clear(): void {
    this.#open.clear();
  }

  progress(callId: CallId, update: JsonObject): void {
    this.#tell({ type: "tool.progress", callId, update });
  }

  #tell(live: LiveEvent): void {
    for (const listener of this.#listeners) listener({ live, afterSeq: this.seq });
  }
}

const openEvent = ({ messageId, position, kind, name, text }: Open): LiveEvent =>
  kind === "tool-input"
    ? { type: "tool-input.open", messageId, position, name, input: text }
    : { type: "block.open", messageId, position, kind, text };
