import { assertPage, maxAsksPerPage } from "@holdfast/core/store";
import { sql } from "kysely";

import { sqlBuilder } from "../compile.ts";
import { ownColumns } from "./row-columns.ts";

import type { AskQuery, AskRow } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { Schema } from "../schema.ts";

/** Reads asks, by session, by family of sessions, or all that are open. */
export class AskReader {
  readonly #connection: Connection;
  /** By their SQL: which filters there are makes it, and their values are bound. */
  readonly #statements = new Map<string, Statement>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  // A family's sessions are found by session_root. Which index finds the asks is said, and which table comes first: by itself SQLite would
  // go over all asks of a session, or of all sessions, to find those that are open, or to put them in order.
  read({ sessionId, rootId, callId, askId, identity, state, after, limit }: AskQuery): readonly AskRow[] {
    assertPage({ limit });
    const index = state === "open" ? sql`ask indexed by ask_open` : sql`ask indexed by ask_order`;
    const asks = sql<Schema["ask"]>`ask`.as<"ask">(index);
    const isOfAll = sessionId === undefined && rootId === undefined;
    let select = (
      isOfAll ? sqlBuilder.selectFrom(asks).crossJoin("session") : sqlBuilder.selectFrom("session").crossJoin(asks)
    )
      .whereRef("session.sessionKey", "=", "ask.sessionKey")
      .select(["session.sessionId", ...ownColumns.ask.map((column) => `ask.${column}` as const)]);
    if (sessionId !== undefined) select = select.where("session.sessionId", "=", sessionId);
    if (rootId !== undefined) select = select.where("session.rootId", "=", rootId);
    if (callId !== undefined) select = select.where("ask.callId", "=", callId);
    if (askId !== undefined) select = select.where("ask.askId", "=", askId);
    if (identity !== undefined) select = select.where("ask.identity", "=", identity);
    // Written into the SQL and not bound: a partial index serves only a query that names its state.
    if (state !== undefined) select = select.where("ask.state", "=", sql.lit(state));
    if (after !== undefined) {
      const { sessionId: last, seq } = after;
      select = select.where((where) =>
        where(where.refTuple("session.sessionId", "ask.seq"), ">", where.tuple(last, seq)),
      );
    }
    const { sql: text, parameters } = select
      .orderBy("session.sessionId")
      .orderBy("ask.seq")
      .limit(Math.min(limit, maxAsksPerPage))
      .compile();
    const statement = this.#statements.get(text) ?? this.#connection.prepare(text);
    this.#statements.set(text, statement);
    return statement.all(parameters) as AskRow[];
  }
}
