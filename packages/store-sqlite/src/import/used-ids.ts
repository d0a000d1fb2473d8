import { setImmediate as nextTurn } from "node:timers/promises";

import { endOf, placeAfter } from "../event-place.ts";

import type { EventId, SessionId } from "@holdfast/core";
import type { Connection, Statement } from "../driver.ts";

type Row = readonly [sessionKey: number, seq: number, id: EventId, place: number];

/** Which of some event IDs are used, and by which session's number, as one pass over the log saw it. */
export interface UsedIds {
  readonly found: Map<EventId, number>;
  /** How far the pass saw the session that is imported. */
  readonly seenSeq: number;
}

// About 2 ms of the event loop each.
const rowsPerSlice = 2_000;

/**
 * Finds out whether events have IDs that are imported now. There is no index on the ID: it would cost every commit 9 to 17 µs
 * (measured), and only imports ask. So the log is passed over in slices, before the transaction, since a pass may take a second and
 * would hold the write lock meanwhile. What is committed during the pass is caught where it can be: of the same session, by a look
 * inside the transaction. Another session would have to draw the same 72 random bits, in that very second.
 */
export class UsedIdFinder {
  readonly #slice: Statement;
  readonly #rest: Statement;
  readonly #name: Statement;

  constructor(connection: Connection) {
    const columns = "select sessionKey, seq, 'evt_' || id, place from event";
    this.#slice = connection.prepare(`${columns} where place > ? order by place limit ${rowsPerSlice}`).raw();
    this.#rest = connection.prepare(`${columns} where place > ? and place < ?`).raw();
    this.#name = connection
      .prepare(
        "select sessionId from session where sessionKey = :key union all select sessionId from tombstone where sessionKey = :key",
      )
      .pluck();
  }

  /** Passes over the whole log, giving the event loop a turn between slices. */
  async pass(ids: ReadonlySet<EventId>, sessionKey: number | null, assertOpen: () => void): Promise<UsedIds> {
    const found = new Map<EventId, number>();
    let seenSeq = -1;
    let after = -1;
    for (;;) {
      assertOpen();
      const rows = this.#slice.all(after) as Row[];
      for (const [owner, seq, id] of rows) {
        if (ids.has(id)) found.set(id, owner);
        if (owner === sessionKey) seenSeq = seq;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < rowsPerSlice) return { found, seenSeq };
      after = last[3];
      await nextTurn();
    }
  }

  /** Completes a pass inside the transaction, with what the session was given since. */
  complete(
    { found, seenSeq }: UsedIds,
    ids: readonly EventId[],
    sessionKey: number | null,
  ): ReadonlyMap<EventId, SessionId> {
    const wanted = new Set(ids);
    const all = new Map(found);
    const since = sessionKey === null ? [] : this.#rest.all(placeAfter(sessionKey, seenSeq), endOf(sessionKey));
    for (const [owner, , id] of since as Row[]) if (wanted.has(id)) all.set(id, owner);
    return new Map([...all].map(([id, owner]) => [id, this.#name.get({ key: owner }) as SessionId]));
  }
}
