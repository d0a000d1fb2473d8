import { assertPage, maxEventsPerPage } from "@holdfast/core/store";

import { sqlBuilder, toSql } from "../compile.ts";
import { endOf, placeAfter, placeOf } from "../event-place.ts";
import { envelopeColumns, toEnvelope } from "./envelope-row.ts";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { LogHead } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { EventTypes } from "../event-types.ts";
import type { SessionKeys } from "../session-keys.ts";
import type { EnvelopeRow } from "./envelope-row.ts";

interface EventsQuery {
  readonly sessionId: SessionId;
  readonly after: number;
  readonly limit: number;
}

/** Reads the log: pages of events, heads, blobs. */
export class LogReader {
  readonly #keys: SessionKeys;
  readonly #types: EventTypes;
  readonly #head: Statement;
  readonly #deleted: Statement;
  readonly #floor: Statement;
  readonly #events: Statement;
  readonly #hash: Statement;
  readonly #blob: Statement;

  constructor(connection: Connection, keys: SessionKeys, types: EventTypes) {
    this.#keys = keys;
    this.#types = types;
    const session = sqlBuilder.selectFrom("session").select(["headSeq as seq", "headHash as hash"]);
    const tombstone = sqlBuilder.selectFrom("tombstone").select(["headSeq as seq", "headHash as hash"]);
    this.#head = connection.prepare(toSql(session.where("sessionKey", "=", 0)));
    this.#deleted = connection.prepare(toSql(tombstone.where("sessionKey", "=", 0)));
    // A deleted session's log begins with its last event, whatever was not removed yet.
    this.#floor = connection.prepare(
      `select seq, hash from floor where sessionKey = :key
       union all select headSeq - 1 as seq, prevHash as hash from tombstone where sessionKey = :key`,
    );
    this.#events = connection.prepare(
      `select ${envelopeColumns} from event where place > ? and place < ? order by place limit ?`,
    );
    this.#hash = connection.prepare("select lower(hex(hash)) from event where place = ?").pluck();
    this.#blob = connection.prepare(toSql(sqlBuilder.selectFrom("blob").select("text").where("hash", "=", "")));
  }

  head(sessionId: SessionId): LogHead | null {
    const key = this.#keys.find(sessionId);
    if (key === null) return null;
    return ((this.#head.get(key) ?? this.#deleted.get(key)) as LogHead | undefined) ?? null;
  }

  /** A page of the log. Its caller opens the transaction. */
  events(query: EventsQuery): readonly SealedEnvelope[] {
    assertPage(query);
    const { sessionId, after } = query;
    const key = this.#keys.find(sessionId);
    if (key === null) return [];
    // What is at or below the floor and not removed yet is never returned.
    const floor = this.#floor.get({ key }) as LogHead | undefined;
    const start = Math.max(after, floor?.seq ?? -1);
    const limit = Math.min(query.limit, maxEventsPerPage);
    const rows = this.#events.all(placeAfter(key, start), endOf(key), limit) as EnvelopeRow[];
    const surroundings = { sessionId, types: this.#types };
    let seq = rows.length === 0 ? 0 : start;
    let hash = rows.length === 0 ? null : this.#hashAt(key, start, floor);
    return rows.map((row) => {
      // A row that is missing has no hash to tell: the chain is broken there.
      const envelope = toEnvelope(row, row.seq === seq + 1 ? hash : null, surroundings);
      seq = row.seq;
      hash = row.hash;
      return envelope;
    });
  }

  blob(hash: string): string | null {
    return (this.#blob.get(hash) as { readonly text: string } | undefined)?.text ?? null;
  }

  #hashAt(key: number, seq: number, floor: LogHead | undefined): string | null {
    if (seq === floor?.seq) return floor.hash;
    return seq < 0 ? null : ((this.#hash.get(placeOf(key, seq)) as string | undefined) ?? null);
  }
}
