import { assertPage, maxMessagesPerPage } from "@holdfast/core/store";

import { placeOf } from "../event-place.ts";
import { envelopeColumns, toEnvelope } from "./envelope-row.ts";

import type { FrozenMessage, HistoryPage, LogHead, MessageRow } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { EventTypes } from "../event-types.ts";
import type { KeyedSession } from "../session-keys.ts";
import type { EnvelopeRow } from "./envelope-row.ts";

interface HistoryQuery {
  readonly after: number;
  readonly limit: number;
}

/** Reads a page of messages, and every event that they are made of. Its caller opens the transaction. */
export class HistoryReader {
  readonly #types: EventTypes;
  readonly #frozen: Statement;
  readonly #messages: Statement;
  readonly #events: Statement;

  constructor(connection: Connection, types: EventTypes) {
    this.#types = types;
    this.#frozen = connection.prepare(
      "select messageId, seq, role, value, hash from frozenMessage where sessionKey = +? and seq between ? and ? order by seq",
    );
    this.#messages = connection.prepare(
      "select ? as sessionId, messageId, seq, role from message where sessionKey = +? and seq > ? order by seq limit +?",
    );
    // One look-up by primary key per event; each inner select is served by a key or an index. An answer belongs to one step, the last one
    // that began before it, and what is an answer's is found by that. The file has no statistics, and by itself SQLite would go over
    // the session's whole log and all its calls: so the order and these indexes are said.
    this.#events = connection.prepare(`
      with page as (select value as messageId from json_each(:messageIds)),
      answer as (
        select messageId, (
          select stepId from step indexed by step_order where step.sessionKey = :key and step.seq < message.seq order by step.seq desc limit 1
        ) as stepId
        from message where sessionKey = :key and messageId in page and role = 'assistant'
      ),
      made as (
        select attempt.seq, endedSeq from answer
          cross join attempt on attempt.sessionKey = :key and attempt.stepId = answer.stepId and attempt.messageId = answer.messageId
      ),
      asked as (
        select calledSeq, begunSeq, settledSeq from answer
          cross join call indexed by call_step on call.sessionKey = :key and call.stepId = answer.stepId and call.messageId = answer.messageId
      ),
      places as (
        select seq from input where sessionKey = :key and messageId in page
        union select valueSeq from input where sessionKey = :key and messageId in page
        union select promotedSeq from input where sessionKey = :key and messageId in page and promotedSeq is not null
        union select message.seq from page cross join message
          on message.sessionKey = :key and message.messageId = page.messageId where role = 'system'
        union select step.seq from answer cross join step on step.sessionKey = :key and step.stepId = answer.stepId
        union select seq from made
        union select endedSeq from made where endedSeq is not null
        union select seq from block where sessionKey = :key and messageId in page
        union select calledSeq from asked
        union select begunSeq from asked where begunSeq is not null
        union select settledSeq from asked where settledSeq is not null
      )
      select ${envelopeColumns}, (
        select lower(hex(hash)) from event as earlier where earlier.place = :first + places.seq - 1 and places.seq > 0
      ) as before
      from places cross join event on event.place = :first + places.seq order by places.seq`);
  }

  /** Messages at or below the floor come frozen, those above it with their events; a page may hold both. */
  read(session: KeyedSession, { after, limit: wanted }: HistoryQuery, { head, floor }: Ends): HistoryPage {
    assertPage({ after, limit: wanted });
    const limit = Math.min(wanted, maxMessagesPerPage);
    const { sessionId, key } = session;
    const messages = this.#messages.all(sessionId, key, after, limit) as MessageRow[];
    const below = messages.filter(({ seq }) => seq <= (floor?.seq ?? -1));
    const range = [below[0]?.seq ?? 0, below.at(-1)?.seq ?? -1] as const;
    const frozen = below.length === 0 ? [] : (this.#frozen.all(key, ...range) as FrozenMessage[]);
    const messageIds = JSON.stringify(messages.slice(below.length).map(({ messageId }) => messageId));
    const rows = this.#events.all({ key, first: placeOf(key, 0), messageIds }) as (EnvelopeRow & {
      readonly before: string | null;
    })[];
    const events = rows.map((row) => {
      const before = row.seq - 1 === floor?.seq ? floor.hash : row.before;
      return toEnvelope(row, before, { sessionId, types: this.#types });
    });
    return { messages, events, frozen, head };
  }
}

/** Where the log begins and ends. */
interface Ends {
  readonly head: LogHead;
  readonly floor: LogHead | null;
}
