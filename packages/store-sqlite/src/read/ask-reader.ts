import { assertPage, maxAsksPerPage } from "@holdfast/core/store";
import { sql } from "kysely";

import { sqlBuilder, toSql } from "../compile.ts";
import { ownColumns } from "./row-columns.ts";

import type { AskQuery, AskRow } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { Schema } from "../schema.ts";

/** Reads asks, by session, by family of sessions, or all that are open. */
export class AskReader {
  readonly #connection: Connection;
  /** By their shape: which filters there are. */
  readonly #statements = new Map<string, Statement>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  read(query: AskQuery): readonly AskRow[] {
    assertPage({ limit: query.limit });
    const { sessionId, rootId, callId, askId, identity, state, after } = query;
    const afterSession = isWithin(query) ? undefined : after?.sessionId;
    const filters = [sessionId, rootId, callId, askId, identity, afterSession, after?.seq];
    const shape = filters.map((filter) => (filter === undefined ? "" : "?")).join() + (state ?? "");
    let statement = this.#statements.get(shape);
    if (statement === undefined) {
      statement = this.#connection.prepare(askSql(query));
      this.#statements.set(shape, statement);
    }
    const given = filters.filter((value) => value !== undefined);
    return statement.all([...given, Math.min(query.limit, maxAsksPerPage)]) as AskRow[];
  }
}

/** Whether a page goes on in the one session that is asked for: then it begins where it has to, and looks at nothing before. */
const isWithin = ({ sessionId, after }: AskQuery): boolean => after !== undefined && after.sessionId === sessionId;

/**
 * The SQL of a query's shape; its values are bound in the order in which they stand here. Each call of a tool asks, so it is written once.
 *
 * A family's sessions are found by session_root. Which index finds the asks is said, and which table comes first: by itself SQLite would
 * go over all asks of a session, or of all sessions, to find those that are open, or to put them in order.
 */
const askSql = (query: AskQuery): string => {
  const { sessionId, rootId, callId, askId, identity, state, after } = query;
  const isOfAll = sessionId === undefined && rootId === undefined;
  const index = state === "open" ? sql`ask indexed by ask_open` : sql`ask indexed by ask_order`;
  // One that is named has the primary key of its session.
  const asks = sql<Schema["ask"]>`ask`.as<"ask">(askId === undefined || isOfAll ? index : sql`ask`);
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
  if (after !== undefined && isWithin(query)) select = select.where("ask.seq", ">", after.seq);
  else if (after !== undefined) {
    const { sessionId: last, seq } = after;
    select = select.where((where) =>
      where(where.refTuple("session.sessionId", "ask.seq"), ">", where.tuple(last, seq)),
    );
  }
  const written = toSql(select.orderBy("session.sessionId").orderBy("ask.seq").limit(0));
  // So that SQLite does not prepare it anew each time: see `selectRowsSql`.
  return written.replaceAll("?", "+?");
};
