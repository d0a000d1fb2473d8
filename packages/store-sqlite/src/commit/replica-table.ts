import { sqlBuilder, toSql } from "../compile.ts";

import type { ReplicaRow } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { KeyedSession } from "../session-keys.ts";

/** Which sessions came from elsewhere and were not released. */
export class ReplicaTable {
  readonly #find: Statement;
  readonly #put: Statement;
  readonly #remove: Statement;

  constructor(connection: Connection) {
    this.#find = connection.prepare(readReplicaSql);
    const row = { sessionKey: 0, replayOwner: "" };
    this.#put = connection.prepare(toSql(sqlBuilder.replaceInto("replica").values(row)));
    this.#remove = connection.prepare(toSql(sqlBuilder.deleteFrom("replica").where("sessionKey", "=", 0)));
  }

  find({ sessionId, key }: KeyedSession): ReplicaRow | null {
    return (this.#find.get(sessionId, key) as ReplicaRow | undefined) ?? null;
  }

  put({ key }: KeyedSession, { replayOwner }: ReplicaRow): void {
    this.#put.run(key, replayOwner);
  }

  remove({ key }: KeyedSession): void {
    this.#remove.run(key);
  }
}

/** Reads whether a session is a replica: bound are its ID, which is given back, and its number. */
export const readReplicaSql = "select ? as sessionId, replayOwner from replica where sessionKey = ?";
