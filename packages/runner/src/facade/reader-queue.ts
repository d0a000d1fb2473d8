import { Alarm } from "../alarm.ts";

import type { Clock, LiveEvent } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { LiveFragment } from "../live/live-hub.ts";

/** What reaches a reader, in the order in which it happened here. */
export type QueueItem =
  | { readonly kind: "event"; readonly event: SealedEnvelope }
  | { readonly kind: "live"; readonly live: LiveEvent; readonly afterSeq: number };

const mostItems = 10_000;

/**
 * What waits for one reader: events that were handed over, fragments between them, and whether there is more to read. Bounded: what
 * a slow reader leaves too long is dropped, events to be read again, fragments with a notice.
 */
export class ReaderQueue {
  #items: QueueItem[] = [];
  #next = 0;
  #dirty = false;
  #liveDropped = false;
  readonly #alarm = new Alarm();

  /** Takes what was committed; null where another process may have committed something. */
  readonly offer = (committed: readonly SealedEnvelope[] | null): void => {
    if (committed === null) this.#dirty = true;
    else for (const event of committed) this.#push({ kind: "event", event });
    this.#alarm.ring();
  };

  readonly offerLive = (fragment: LiveFragment): void => {
    this.#push({ kind: "live", ...fragment });
    this.#alarm.ring();
  };

  /** Leaves out every fragment so far, and puts these in. */
  restartLive(open: readonly LiveFragment[]): void {
    this.#items = this.#items.slice(this.#next).filter(({ kind }) => kind === "event");
    this.#next = 0;
    this.#liveDropped = false;
    for (const fragment of open) this.#push({ kind: "live", ...fragment });
  }

  take(): QueueItem | undefined {
    const item = this.#items[this.#next];
    if (item === undefined) return undefined;
    this.#next += 1;
    if (this.#next === this.#items.length) {
      this.#items = [];
      this.#next = 0;
    }
    return item;
  }

  /** Whether the log has to be read, because not everything was handed over. Asking clears it. */
  takeDirty(): boolean {
    const dirty = this.#dirty;
    this.#dirty = false;
    return dirty;
  }

  /** Whether fragments were dropped since the last restart. */
  get liveDropped(): boolean {
    return this.#liveDropped;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0 && !this.#dirty;
  }

  /** Resolves with the next thing that comes; after `ms` without any, where that is given, with false. */
  async some(clock: Clock, ms?: number): Promise<boolean> {
    if (ms !== undefined) return this.#alarm.wait(clock, { ms });
    await this.#alarm.forEver();
    return true;
  }

  /** Ends a wait, with nothing to take. */
  readonly nudge = (): void => this.#alarm.ring();

  #push(item: QueueItem): void {
    if (this.#items.length - this.#next >= mostItems) {
      this.#items = [];
      this.#next = 0;
      this.#dirty = true;
      this.#liveDropped = true;
      return;
    }
    if (item.kind === "live" && this.#liveDropped) return;
    this.#items.push(item);
  }
}
