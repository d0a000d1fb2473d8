import { maxMessagesPerPage } from "@holdfast/core/store";

import { toEnvelope } from "./envelope-row.ts";

import type { SessionId } from "@holdfast/core";
import type { HistoryPage, LogHead, MessageRow } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { EnvelopeRow } from "./envelope-row.ts";

/** Reads a page of messages, and every event that they are made of. Its caller opens the transaction. */
export class HistoryReader {
  readonly #messages: Statement;
  readonly #events: Statement;

  constructor(connection: Connection) {
    this.#messages = connection.prepare(
      "select sessionId, messageId, seq, role from message where sessionId = ? and seq > ? order by seq limit ?",
    );
    // One look-up by primary key per event; each inner select is served by a key or an index that begins with the session.
    this.#events = connection.prepare(`
      with page as (select value as messageId from json_each(:messageIds)),
      places as (
        select seq from input where sessionId = :sessionId and messageId in page
        union select promotedSeq from input where sessionId = :sessionId and messageId in page and promotedSeq is not null
        union select step.seq from attempt join step using (sessionId, stepId)
          where attempt.sessionId = :sessionId and attempt.messageId in page
        union select seq from attempt where sessionId = :sessionId and messageId in page
        union select endedSeq from attempt where sessionId = :sessionId and messageId in page and endedSeq is not null
        union select seq from block where sessionId = :sessionId and messageId in page
        union select calledSeq from call where sessionId = :sessionId and messageId in page
        union select begunSeq from call where sessionId = :sessionId and messageId in page and begunSeq is not null
        union select settledSeq from call where sessionId = :sessionId and messageId in page and settledSeq is not null
      )
      select event.* from places join event on event.sessionId = :sessionId and event.seq = places.seq order by event.seq`);
  }

  read(
    query: { readonly sessionId: SessionId; readonly after: number; readonly limit: number },
    head: LogHead,
  ): HistoryPage {
    const limit = Math.min(query.limit, maxMessagesPerPage);
    const messages = this.#messages.all(query.sessionId, query.after, limit) as MessageRow[];
    const messageIds = JSON.stringify(messages.map(({ messageId }) => messageId));
    const events = this.#events.all({ sessionId: query.sessionId, messageIds }) as EnvelopeRow[];
    return { messages, events: events.map(toEnvelope), head };
  }
}
