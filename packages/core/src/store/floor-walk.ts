import { decodeEvent } from "../event/decode.ts";
import { genesisHash } from "../event/envelope.ts";
import { inlinedBytes } from "../event/inlined-bytes.ts";
import { HoldfastError } from "../errors/holdfast-error.ts";
import { project } from "../session/project/project.ts";
import { floorRowsOf } from "./floor-rows.ts";
import { RowSet } from "./row-set.ts";
import { sealedHash } from "./sealed-hash.ts";

import type { SealedEnvelope } from "../event/envelope.ts";
import type { SessionId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { Floor } from "./floor.ts";
import type { LogHead } from "./plan.ts";

/** A floor without the messages below it. */
export type FloorPlace = Omit<Floor, "messagesHash">;

/** A walk over a log from its floor on, which checks the chain and remembers the last place at which nothing was open. */
export class FloorWalk {
  readonly #sessionId: SessionId;
  readonly #hash: Hash;
  #end: LogHead;
  #fence: number;
  #rows: RowSet;
  #bytes = 0;
  /** Where a fork's copies end: below that no floor may be, or an import could not tell them from inputs of its own. */
  #forkedSeq = -1;
  #place: FloorPlace | null = null;

  constructor(sessionId: SessionId, before: Floor | null, hash: Hash) {
    this.#sessionId = sessionId;
    this.#hash = hash;
    this.#end = before ?? { seq: -1, hash: genesisHash };
    this.#fence = before?.fence ?? 0;
    this.#rows = before === null ? new RowSet(sessionId) : RowSet.restore(sessionId, before.rows);
  }

  /** The last such place; null where there was none yet. */
  get place(): FloorPlace | null {
    return this.#place;
  }

  /** What was walked over, in bytes: the events, and the texts that they refer to. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws event.chain-broken, event.unknown-type, event.invalid-data, store.condition-failed */
  take(sealed: SealedEnvelope): void {
    this.#assertLink(sealed);
    this.#end = { seq: sealed.seq, hash: sealed.hash };
    this.#fence = Math.max(this.#fence, sealed.fence ?? 0);
    const event = decodeEvent(sealed);
    if (event === null) return;
    this.#bytes += JSON.stringify(event.data).length + inlinedBytes(event);
    for (const change of project(event)) this.#rows.apply(change);
    if (event.type === "session.created") this.#forkedSeq = event.data.forkedFrom?.seq ?? -1;
    const mayEnd = event.type === "execution.ended" && event.seq >= this.#forkedSeq;
    if (mayEnd && this.#rows.isSettled()) this.#settle();
  }

  #settle(): void {
    const rows = floorRowsOf(this.#sessionId, this.#rows.snapshot());
    this.#place = { sessionId: this.#sessionId, ...this.#end, fence: this.#fence, rows };
    // Nothing below is looked at any more.
    this.#rows = RowSet.restore(this.#sessionId, rows);
  }

  #assertLink(sealed: SealedEnvelope): void {
    const isNext = sealed.seq === this.#end.seq + 1 && sealed.prevHash === this.#end.hash;
    if (isNext && sealedHash(sealed, this.#hash) === sealed.hash) return;
    const { sessionId, seq } = sealed;
    throw new HoldfastError("event.chain-broken", {
      message: `Expected event ${this.#end.seq + 1} of session ${sessionId} as it was sealed, found event ${seq} with hash ${sealed.hash}. Verify the session; nothing of it was removed.`,
      data: { sessionId, seq },
    });
  }
}
