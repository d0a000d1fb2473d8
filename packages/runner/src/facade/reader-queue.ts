import { Alarm } from "../alarm.ts";
import { weigh } from "../weigh.ts";

import type { Clock, LiveEvent } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { LiveFragment } from "../live/live-hub.ts";

/** What reaches a reader, in the order in which it happened here. */
export type QueueItem =
  | { readonly kind: "event"; readonly event: SealedEnvelope; readonly bytes: number }
  | { readonly kind: "live"; readonly live: LiveEvent; readonly afterSeq: number; readonly bytes: number };

const mostItems = 10_000;
const mostBytes = 16 * 1024 * 1024;
/** As long as so few wait, nobody asks how large they are: a reader that keeps up costs no weighing. */
const unweighed = 16;

/**
 * What waits for one reader: events that were handed over, fragments between them, and whether there is more to read. Bounded by count
 * and by bytes: what a slow reader leaves too long is dropped, events to be read again, fragments with a notice.
 */
export class ReaderQueue {
  readonly #live: boolean;
  #items: QueueItem[] = [];
  #next = 0;
  #bytes = 0;
  #dirty = false;
  #liveDropped = false;
  #left = false;
  readonly #alarm = new Alarm();

  /** @param live Whether the reader takes fragments, and is told when some were dropped. */
  constructor(live: boolean) {
    this.#live = live;
  }

  /** Takes what was committed; null where another process may have committed something. */
  readonly offer = (committed: readonly SealedEnvelope[] | null): void => {
    if (committed === null) this.#dirty = true;
    else for (const event of committed) this.#push({ kind: "event", event, bytes: this.#weigh(event.data) });
    this.#alarm.ring();
  };

  readonly offerLive = (fragment: LiveFragment): void => {
    this.#pushLive(fragment);
    this.#alarm.ring();
  };

  /** Leaves out every fragment so far, and puts these in. */
  restartLive(open: readonly LiveFragment[]): void {
    this.#items = this.#items.slice(this.#next).filter(({ kind }) => kind === "event");
    this.#next = 0;
    this.#bytes = this.#items.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#liveDropped = false;
    for (const fragment of open) this.#pushLive(fragment);
  }

  take(): QueueItem | undefined {
    const item = this.#items[this.#next];
    if (item === undefined) return undefined;
    this.#next += 1;
    this.#bytes -= item.bytes;
    if (this.#next === this.#items.length) this.#clear();
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

  /** Whether the reader has gone. */
  get left(): boolean {
    return this.#left;
  }

  /** Resolves with the next thing that comes; after `ms` without any, where that is given, with false. */
  some(clock: Clock, ms?: number): Promise<boolean> {
    return ms === undefined ? this.#alarm.forEver() : this.#alarm.wait(clock, { ms });
  }

  /** Ends a wait, with nothing to take. */
  readonly nudge = (): void => this.#alarm.ring();

  /** Ends a wait for good: nobody reads any more. */
  leave(): void {
    this.#left = true;
    this.#alarm.ring();
  }

  #pushLive({ live, afterSeq }: LiveFragment): void {
    if (!this.#liveDropped) this.#push({ kind: "live", live, afterSeq, bytes: this.#weigh(live) });
  }

  #push(item: QueueItem): void {
    const isFull = this.#items.length - this.#next >= mostItems || this.#bytes + item.bytes > mostBytes;
    if (!isFull) {
      this.#items.push(item);
      this.#bytes += item.bytes;
      return;
    }
    this.#clear();
    this.#dirty = true;
    this.#liveDropped = this.#live;
  }

  #weigh(value: unknown): number {
    return this.#items.length - this.#next < unweighed ? 0 : weigh(value);
  }

  #clear(): void {
    this.#items = [];
    this.#next = 0;
    this.#bytes = 0;
  }
}
