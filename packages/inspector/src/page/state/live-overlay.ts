import type { LiveEvent, MessageId } from "@holdfast/core";

/** A fragment that is open: what is not durable yet of one block or one call's input. */
export interface OpenFragment {
  readonly kind: "text" | "reasoning" | "tool-input";
  readonly position: number;
  /** All of it so far. */
  readonly text: string;
  /** The tool's name, of an input. */
  readonly name?: string;
}

const nothing: readonly OpenFragment[] = [];

/** The fragments that lie over what is durable. A block that became durable takes its fragment away. */
export class LiveOverlay {
  readonly #messages = new Map<string, readonly OpenFragment[]>();
  readonly #progress = new Map<string, string>();

  /** The open fragments of a message, in their order; the same array until one of them changes. */
  of(messageId: MessageId): readonly OpenFragment[] {
    return this.#messages.get(messageId) ?? nothing;
  }

  /** What a running call has reported last. */
  progressOf(callId: string): string | undefined {
    return this.#progress.get(callId);
  }

  get isEmpty(): boolean {
    return this.#messages.size === 0;
  }

  take(live: LiveEvent): void {
    switch (live.type) {
      case "block.open":
        return this.#put(live.messageId, { kind: live.kind, position: live.position, text: live.text });
      case "tool-input.open":
        return this.#put(live.messageId, {
          kind: "tool-input",
          position: live.position,
          text: live.input,
          name: live.name,
        });
      case "block.delta":
      case "tool-input.delta":
        return this.#extend(live.messageId, live.position, live.delta);
      case "tool.progress":
        this.#progress.set(live.callId, JSON.stringify(live.update));
        return;
      default:
        live satisfies never;
    }
  }

  /** What was at a position of a message is durable now. */
  settle(messageId: MessageId, position: number): void {
    const rest = this.of(messageId).filter((fragment) => fragment.position !== position);
    if (rest.length === 0) this.#messages.delete(messageId);
    else this.#messages.set(messageId, rest);
  }

  /** A call is over: what it reported is, too. */
  settleCall(callId: string): void {
    this.#progress.delete(callId);
  }

  /** Of a message that gets no more, nothing is open. */
  close(messageId: MessageId): void {
    this.#messages.delete(messageId);
  }

  /** What follows tells all that is open, anew. */
  clear(): void {
    this.#messages.clear();
    this.#progress.clear();
  }

  #put(messageId: MessageId, fragment: OpenFragment): void {
    const others = this.of(messageId).filter(({ position }) => position !== fragment.position);
    this.#messages.set(
      messageId,
      [...others, fragment].toSorted((left, right) => left.position - right.position),
    );
  }

  #extend(messageId: MessageId, position: number, delta: string): void {
    const fragment = this.of(messageId).find((one) => one.position === position);
    if (fragment !== undefined) this.#put(messageId, { ...fragment, text: fragment.text + delta });
  }
}
