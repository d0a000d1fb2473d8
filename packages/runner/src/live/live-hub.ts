import type { LiveEvent, SessionId } from "@holdfast/core";

/** A live event, and the seq that a reader must have seen before it. */
export interface LiveFragment {
  readonly live: LiveEvent;
  readonly afterSeq: number;
}

/** A block or a call's input that is still being written. Its text grows in place. */
export interface OpenFragment {
  readonly snapshot: () => LiveFragment;
}

type LiveListener = (fragment: LiveFragment) => void;

interface Channel {
  readonly listeners: Set<LiveListener>;
  readonly open: Set<OpenFragment>;
}

/** The live overlay of this process: who writes fragments, and who reads them. Nothing here is stored. */
export class LiveHub {
  readonly #channels = new Map<SessionId, Channel>();

  /** Takes part from now on: gets what is open, whole, and then what follows. */
  listen(sessionId: SessionId, listener: LiveListener): Disposable {
    const channel = this.#channel(sessionId);
    channel.listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        channel.listeners.delete(listener);
        this.#collect(sessionId, channel);
      },
    };
  }

  /** All that is open now, with its text so far. */
  snapshot(sessionId: SessionId): readonly LiveFragment[] {
    return [...(this.#channels.get(sessionId)?.open ?? [])].map((fragment) => fragment.snapshot());
  }

  /** Whether anybody reads: fragments of a session that nobody watches need not be made. */
  hasListeners(sessionId: SessionId): boolean {
    return (this.#channels.get(sessionId)?.listeners.size ?? 0) > 0;
  }

  open(sessionId: SessionId, fragment: OpenFragment): void {
    const channel = this.#channel(sessionId);
    channel.open.add(fragment);
    if (channel.listeners.size > 0) this.emit(sessionId, fragment.snapshot());
  }

  close(sessionId: SessionId, fragment: OpenFragment): void {
    const channel = this.#channels.get(sessionId);
    if (channel === undefined) return;
    channel.open.delete(fragment);
    this.#collect(sessionId, channel);
  }

  emit(sessionId: SessionId, fragment: LiveFragment): void {
    for (const listener of this.#channels.get(sessionId)?.listeners ?? []) listener(fragment);
  }

  #channel(sessionId: SessionId): Channel {
    const known = this.#channels.get(sessionId);
    if (known !== undefined) return known;
    const channel: Channel = { listeners: new Set(), open: new Set() };
    this.#channels.set(sessionId, channel);
    return channel;
  }

  #collect(sessionId: SessionId, channel: Channel): void {
    if (channel.listeners.size === 0 && channel.open.size === 0) this.#channels.delete(sessionId);
  }
}
