import { decodeEvent, inlineBlobs } from "@holdfast/core/event";
import { History } from "@holdfast/core/session";
import { maxEventsPerPage } from "@holdfast/core/store";

import { weigh } from "../weigh.ts";

import type { SessionId } from "@holdfast/core";
import type { DurableEvent, SealedEnvelope } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";

/**
 * A session's history, kept up with its log. Events that this process commits are taken as they are handed over, in order; on any
 * gap, or a text that went into a blob, the rest is read.
 */
export class SessionHistory {
  readonly history = new History();
  readonly #store: Store;
  readonly #sessionId: SessionId;
  #appliedSeq = -1;
  #bytes = 0;
  #dirty = true;
  #reading = false;

  constructor(store: Store, sessionId: SessionId) {
    this.#store = store;
    this.#sessionId = sessionId;
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

  /** Reads what was not handed over, up to the end of the log. One caller at a time. */
  async catchUp(): Promise<void> {
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
      for (const sealed of page) await this.#take(sealed);
      if (page.length < maxEventsPerPage) return;
    }
  }

  async #take(sealed: SealedEnvelope): Promise<void> {
    const event = decodeEvent(sealed);
    if (event === null) this.#appliedSeq = sealed.seq;
    else this.#apply(await inlineBlobs(event, (hash) => this.#store.blob(hash)));
  }

  #apply(event: DurableEvent): void {
    this.history.apply(event);
    this.#appliedSeq = event.seq;
    this.#bytes += weigh(event.data);
  }
}

// Texts under the inline bound never leave their event, so length alone says that there is no blob.
const mayHoldBlob = ({ data }: SealedEnvelope): boolean =>
  typeof data["text"] === "object" || typeof data["input"] === "object" || Array.isArray(data["files"]);
