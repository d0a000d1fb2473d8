import { placeOf } from "../event-place.ts";

import type { PrunePlan } from "@holdfast/core/store";
import type { FloorGround } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { SessionKeys } from "../session-keys.ts";
import type { FloorTable } from "./floor-table.ts";

// Whatever began at or below the floor and was not over there. Open ones are found by their partial indexes; the rest reads the
// session's own rows, once a pruning.
const openSql = `
  select exists (select 1 from input where sessionKey = :key and seq <= :seq and (coalesce(promotedSeq, withdrawnSeq, :seq + 1) > :seq))
    or exists (select 1 from call where sessionKey = :key and calledSeq <= :seq and (settledSeq is null or settledSeq > :seq))
    or exists (select 1 from ask where sessionKey = :key and seq <= :seq and (closedSeq is null or closedSeq > :seq))
    or exists (select 1 from attempt where sessionKey = :key and seq <= :seq and (endedSeq is null or endedSeq > :seq))
    or exists (select 1 from step where sessionKey = :key and seq <= :seq and (endedSeq is null or endedSeq > :seq))
    or exists (select 1 from compaction where sessionKey = :key and seq <= :seq and (endedSeq is null or endedSeq > :seq))
    or exists (select 1 from execution where sessionKey = :key and seq <= :seq and (endedSeq is null or endedSeq > :seq))`;

// The messages that the new floor takes the events of must all be frozen, and the last of them must be the one that it names.
const unfrozenSql = `
  select exists (
    select 1 from message where sessionKey = :key and seq > :after and seq <= :seq and not exists (
      select 1 from frozenMessage as frozen
      where frozen.sessionKey = message.sessionKey and frozen.seq = message.seq and frozen.messageId = message.messageId
    )
  )`;
const lastFrozenSql = "select hash from frozenMessage where sessionKey = +? and seq <= ? order by seq desc limit 1";

/** What is found where a plan puts its floor. */
export class FloorGroundReader {
  readonly #keys: SessionKeys;
  readonly #floors: FloorTable;
  readonly #end: Statement;
  readonly #open: Statement;
  readonly #unfrozen: Statement;
  readonly #lastFrozen: Statement;

  constructor(connection: Connection, keys: SessionKeys, floors: FloorTable) {
    this.#keys = keys;
    this.#floors = floors;
    this.#end = connection.prepare(
      `select name as type, lower(hex(hash)) as hash from event join eventType using (typeKey) where place = ?`,
    );
    this.#open = connection.prepare(openSql).pluck();
    this.#unfrozen = connection.prepare(unfrozenSql).pluck();
    this.#lastFrozen = connection.prepare(lastFrozenSql).pluck();
  }

  read({ floor: { sessionId, seq } }: PrunePlan): FloorGround {
    const key = this.#keys.find(sessionId);
    if (key === null) return { floor: null, end: null, open: false };
    return {
      floor: this.#floors.read(sessionId),
      end: (this.#end.get(placeOf(key, seq)) as FloorGround["end"] | undefined) ?? null,
      open: this.#open.get({ key, seq }) === 1,
    };
  }

  /** Whether the frozen messages up to the new floor are all there. */
  isFrozen({ floor: { sessionId, seq, messagesHash }, expected }: PrunePlan): boolean {
    const key = this.#keys.find(sessionId);
    const last = this.#lastFrozen.get(key, seq) ?? noMessages;
    return this.#unfrozen.get({ key, seq, after: expected ?? -1 }) === 0 && last === messagesHash;
  }
}

const noMessages = "0".repeat(64);
