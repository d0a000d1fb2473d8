import { assertCursorInLog, HoldfastError, toCursor } from "@holdfast/core";
import { decodeEvent, eventCatalogue, inlineBlobs, isEventType } from "@holdfast/core/event";
import { maxEventsPerPage } from "@holdfast/core/store";

import { mayHoldBlob } from "../session/may-hold-blob.ts";
import { isPruned } from "../session/is-pruned.ts";
import { sessionNotFound } from "./arguments.ts";
import { placeOfCursor } from "./seq-of-cursor.ts";

import type { Cursor, SessionId } from "@holdfast/core";
import type { DurableEvent, SealedEnvelope } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";

/** A place in one session's log that moves on event by event, and is never moved past one in silence. */
export class LogReader {
  readonly #store: Store;
  readonly #sessionId: SessionId;
  #seq = -1;
  #cursor: Cursor | undefined;
  /** Whether somebody was told of a place: from then on, a floor above it is a loss. */
  #isTold = false;

  constructor(store: Store, sessionId: SessionId) {
    this.#store = store;
    this.#sessionId = sessionId;
  }

  /** The last event that was passed. */
  get seq(): number {
    return this.#seq;
  }

  /** The cursor of this place; undefined at the start of a log that is whole. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /**
   * Begins after a cursor; without one, where the log begins. Resolves with whether there is something to read.
   *
   * @throws cursor.malformed, cursor.foreign, cursor.ahead, cursor.gone, session.not-found
   */
  async begin(cursor: string | undefined): Promise<boolean> {
    if (cursor !== undefined) {
      const { seq, isEnd } = await placeOfCursor(this.#store, this.#sessionId, cursor);
      this.#seq = seq;
      this.#cursor = cursor as Cursor;
      this.#isTold = true;
      return !isEnd;
    }
    if ((await this.#store.head(this.#sessionId)) === null) throw sessionNotFound(this.#sessionId);
    const floor = await this.#store.floor(this.#sessionId);
    if (floor !== null) this.#moveTo(floor);
    return true;
  }

  /**
   * The events right after this place, at most a page of them; none at the end of the log.
   *
   * @throws cursor.gone where the floor has moved past it.
   */
  async next(): Promise<readonly SealedEnvelope[]> {
    for (;;) {
      const page = await this.#page();
      if (this.#isNext(page)) return page;
      const head = await this.#store.head(this.#sessionId);
      if (head === null) throw sessionNotFound(this.#sessionId);
      if (page.length === 0 && head.seq <= this.#seq) return page;
      // What was committed between the two reads is there now.
      const again = await this.#page();
      if (this.#isNext(again)) return again;
      await this.#meetFloor(head.seq);
    }
  }

  /**
   * Passes the next event, and gives it with its texts in their places; null for one of a type that may be passed over, and for one whose
   * texts went with its session.
   *
   * @throws cursor.gone where it was pruned after it was read, and its texts with it.
   */
  async take(sealed: SealedEnvelope): Promise<DurableEvent | null> {
    const decoded = decodeEvent(sealed);
    let event: DurableEvent | null;
    try {
      event = decoded === null ? null : await inlineBlobs(decoded, (hash) => this.#store.blob(hash));
    } catch (error) {
      if ((await this.#store.session(this.#sessionId)) === null) return null;
      if (await isPruned(this.#store, this.#sessionId, sealed.seq)) await this.#lose(sealed.seq);
      throw error;
    }
    this.#moveTo(sealed);
    this.#isTold = true;
    return event;
  }

  /**
   * Passes the next event as its commit, which checked it, handed it over. Undefined where there is more to do about it, and `take` must:
   * with many readers of one commit, each wait costs.
   */
  takeAtOnce(sealed: SealedEnvelope): DurableEvent | undefined {
    if (!isKnown(sealed) || mayHoldBlob(sealed)) return undefined;
    this.#moveTo(sealed);
    this.#isTold = true;
    return sealed as DurableEvent;
  }

  /** Notes that somebody was told of this place. */
  tell(): void {
    this.#isTold = true;
  }

  /** Says that this place is gone, whoever was told of it. */
  async #lose(headSeq: number): Promise<void> {
    this.#isTold = true;
    await this.#meetFloor(headSeq);
  }

  /** Whether a page goes on from here. Of a session that was deleted, the end is all that is left. */
  #isNext([first]: readonly SealedEnvelope[]): boolean {
    return first?.seq === this.#seq + 1 || first?.type === "session.deleted";
  }

  #page(): Promise<readonly SealedEnvelope[]> {
    return this.#store.events({ sessionId: this.#sessionId, after: this.#seq, limit: maxEventsPerPage });
  }

  /** Goes to a floor that is above this place, where nobody would miss anything. */
  async #meetFloor(headSeq: number): Promise<void> {
    const floor = await this.#store.floor(this.#sessionId);
    if (floor === null || floor.seq <= this.#seq) throw gap(this.#sessionId, this.#seq + 1);
    if (this.#isTold) {
      const position = { storeId: this.#store.storeId, sessionId: this.#sessionId, seq: this.#seq, hashPrefix: "" };
      assertCursorInLog(position, { headSeq: Math.max(headSeq, this.#seq), hashAtSeq: null, floor });
    }
    this.#moveTo(floor);
  }

  #moveTo({ seq, hash }: { readonly seq: number; readonly hash: string }): void {
    this.#seq = seq;
    this.#cursor = toCursor(this.#store.storeId, { sessionId: this.#sessionId, seq, hash });
  }
}

const gap = (sessionId: SessionId, seq: number): HoldfastError<"event.chain-broken"> =>
  new HoldfastError("event.chain-broken", {
    message: `Expected event ${seq} of session ${sessionId}, found a gap in its log. Verify the session.`,
    data: { sessionId, seq },
  });

const isKnown = ({ type, version }: SealedEnvelope): boolean =>
  isEventType(type) && eventCatalogue[type].version === version;
