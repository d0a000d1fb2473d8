import { canonicalJson } from "@holdfast/core";
import { rowOfFrozen, tableNames } from "@holdfast/core/store";

import { sqlBuilder, toSql } from "../compile.ts";
import { keyedRow } from "../commit/apply-change.ts";
import { FloorReader } from "../read/floor-reader.ts";

import type { SessionId } from "@holdfast/core";
import type { Floor, FrozenMessage, ImportBatch, Scalar, TableName } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { KeyedSession, SessionKeys } from "../session-keys.ts";

/** Where logs begin, and the messages that are frozen below. Writes inside its caller's transaction. */
export class FloorTable {
  readonly #connection: Connection;
  readonly #reader: FloorReader;
  readonly #put: Statement;
  readonly #freeze: Statement;

  constructor(connection: Connection, keys: SessionKeys) {
    this.#connection = connection;
    this.#reader = new FloorReader(connection, keys);
    const [text, sessionKey, seq] = ["", 0, 0];
    const floor = { sessionKey, seq, hash: text, fence: 0, messagesHash: text, rows: text };
    this.#put = connection.prepare(toSql(sqlBuilder.replaceInto("floor").values(floor)));
    const message = { sessionKey, seq, messageId: text, role: text, value: text, hash: text };
    this.#freeze = connection.prepare(toSql(sqlBuilder.replaceInto("frozenMessage").values(message)));
  }

  read(sessionId: SessionId): Floor | null {
    return this.#reader.read(sessionId);
  }

  put({ key }: KeyedSession, { seq, hash, fence, messagesHash, rows }: Floor): void {
    this.#put.run(key, seq, hash, fence, messagesHash, canonicalJson(rows as never));
  }

  freeze({ key }: KeyedSession, { seq, messageId, role, value, hash }: FrozenMessage): void {
    this.#freeze.run(key, seq, messageId, role, value, hash);
  }

  /** Begins a session that is not here yet at the floor of another store's. */
  plant(session: KeyedSession, { floor, messages }: NonNullable<ImportBatch["floor"]>): void {
    for (const table of tableNames) for (const row of floor.rows[table]) this.#insertRow(session, table, row);
    for (const message of messages) {
      this.freeze(session, message);
      this.#insertRow(session, "message", rowOfFrozen(floor.sessionId, message));
    }
    this.put(session, floor);
  }

  #insertRow(session: KeyedSession, table: TableName, row: object): void {
    const values = Object.entries(keyedRow(session, table, row as { readonly [column: string]: Scalar }));
    const insert = sqlBuilder.insertInto(table).values(Object.fromEntries(values) as never);
    this.#connection.prepare(toSql(insert)).run(values.map(([, value]) => value));
  }
}
