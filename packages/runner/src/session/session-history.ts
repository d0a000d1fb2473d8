import { HoldfastError } from "@holdfast/core";
import { decodeEvent, inlineBlobs } from "@holdfast/core/event";
import { History } from "@holdfast/core/session";
import { frozenMessages, maxEventsPerPage, thawMessage } from "@holdfast/core/store";

import { weigh } from "../weigh.ts";
import { mayHoldBlob } from "./may-hold-blob.ts";

import type { SessionId } from "@holdfast/core";
import type { DurableEvent, SealedEnvelope } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";

/**
 * A session's history, kept up with its log. Events that this process commits are taken as they are handed over, in order; on any
 * gap, or a text that went into a blob, the rest is read. Where the log was pruned further than it was read, the history begins anew
 * with the messages that were frozen at its floor: the same ones in the same order, so that whoever counts them may go on.
 */
export class SessionHistory {
  /** How many messages' calls the sources of the system context have looked at. */
  seenForContext = 0;
  readonly #store: Store;
  readonly #sessionId: SessionId;
  #history = new History();
  #appliedSeq = -1;
  #bytes = 0;
  #dirty = true;
  #reading = false;

  constructor(store: Store, sessionId: SessionId) {
    this.#store = store;
    this.#sessionId = sessionId;
  }

  /** The messages so far. Another object after a `catchUp` that began anew: not to be kept. */
  get history(): History {
    return this.#history;
  }

  /** What the history takes in memory, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes events that were just committed, or notes that something was (null). */
  offer(committed: readonly SealedEnvelope[] | null): void {
    for (const event of committed ?? []) {
      if (event.seq <= this.#appliedSeq) continue;
      const isNext = event.seq === this.#appliedSeq + 1 && !this.#dirty && !this.#reading;
      if (isNext && !mayHoldBlob(event)) this.#apply(event as DurableEvent);
      else this.#dirty = true;
    }
    if (committed === null) this.#dirty = true;
  }

  /** Seq of the last event that is in it; -1 before. */
  get seq(): number {
    return this.#appliedSeq;
  }

  /** Reads what was not handed over, up to the end of the log, which is known to be at `headSeq` or later. One caller at a time. */
  async catchUp(headSeq = -1): Promise<void> {
    if (this.#appliedSeq < headSeq) this.#dirty = true;
    this.#reading = true;
    try {
      while (this.#dirty) {
        this.#dirty = false;
        await this.#readOn();
      }
    } finally {
      this.#reading = false;
    }
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const after = this.#appliedSeq;
      const page = await this.#store.events({ sessionId: this.#sessionId, after, limit: maxEventsPerPage });
      const isNext = page[0]?.seq === after + 1;
      if (!isNext && (await this.#beginAtFloor())) continue;
      if (page.length === 0) return;
      if (!isNext) throw this.#gapAfter(after);
      const isWhole = await this.#takeAll(page);
      if (isWhole && page.length < maxEventsPerPage) return;
    }
  }

  /** False where they were pruned while they were read, and the history began anew. */
  async #takeAll(page: readonly SealedEnvelope[]): Promise<boolean> {
    for (const sealed of page) {
      try {
        await this.#take(sealed);
      } catch (error) {
        // A text that is gone with its event, because the floor went past it.
        if (await this.#beginAtFloor()) return false;
        throw error;
      }
    }
    return true;
  }

  async #take(sealed: SealedEnvelope): Promise<void> {
    const event = decodeEvent(sealed);
    if (event === null) this.#appliedSeq = sealed.seq;
    else this.#apply(await inlineBlobs(event, (hash) => this.#store.blob(hash)));
  }

  /** Begins anew where the log begins now. False where that is nothing new. */
  async #beginAtFloor(): Promise<boolean> {
    const floor = await this.#store.floor(this.#sessionId);
    if (floor === null || floor.seq <= this.#appliedSeq) return false;
    const history = new History();
    let bytes = 0;
    for await (const frozen of frozenMessages(this.#store, floor)) {
      const message = thawMessage(frozen);
      history.restore(message);
      bytes += weigh(message);
    }
    const compaction = floor.rows.compaction[0];
    if (compaction !== undefined) history.compactions.restore(compaction);
    history.restoreContext(floor);
    this.#history = history;
    this.#bytes = bytes;
    this.#appliedSeq = floor.seq;
    return true;
  }

  #apply(event: DurableEvent): void {
    this.#history.apply(event);
    this.#appliedSeq = event.seq;
    this.#bytes += weigh(event.data);
  }

  #gapAfter(seq: number): HoldfastError<"event.chain-broken"> {
    return new HoldfastError("event.chain-broken", {
      message: `Expected event ${seq + 1} of session ${this.#sessionId}, found a gap in its log. Verify the session; the model was shown nothing.`,
      data: { sessionId: this.#sessionId, seq: seq + 1 },
    });
  }
}
