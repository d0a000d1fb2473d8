import { assertPage, tableKeys, tableNames } from "@holdfast/core/store";

import { sqlBuilder, toSql } from "../compile.ts";
import { selectRowsSql } from "./row-columns.ts";
import { sessionColumns } from "./session-columns.ts";

import type { MessageId, SessionId } from "@holdfast/core";
import type {
  InputRow,
  RowSnapshot,
  SessionQuery,
  SessionRow,
  Store,
  TableName,
  TodoRow,
  Workload,
} from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { KeyedSession, SessionKeys } from "../session-keys.ts";
import type { SnapshotReader } from "./snapshot-reader.ts";

/** Reads sessions' rows: one, a list, all projected rows, those with work. */
export class SessionReader {
  readonly #connection: Connection;
  readonly #keys: SessionKeys;
  readonly #one: Statement;
  readonly #input: Statement;
  readonly #rows: { readonly [T in TableName]: Statement };
  readonly #workloads: Statement;
  /** Lists by their SQL: which filters there are makes it, and their values are bound. */
  readonly #lists = new Map<string, Statement>();

  constructor(connection: Connection, keys: SessionKeys) {
    this.#connection = connection;
    this.#keys = keys;
    const one = sqlBuilder.selectFrom("session").select(sessionColumns);
    this.#one = connection.prepare(toSql(one.where("sessionKey", "=", 0)));
    this.#rows = Object.fromEntries(
      tableNames.map((table) => [table, connection.prepare(rowsSql(table))]),
    ) as unknown as { readonly [T in TableName]: Statement };
    this.#input = connection.prepare(`${selectRowsSql("input")} and messageId = ?`);
    this.#workloads = connection.prepare(workloadsSql);
  }

  one(sessionId: SessionId): SessionRow | null {
    const key = this.#keys.find(sessionId);
    return key === null ? null : ((this.#one.get(key) as SessionRow | undefined) ?? null);
  }

  input({ sessionId, key }: KeyedSession, messageId: MessageId): InputRow | null {
    return (this.#input.get(sessionId, key, messageId) as InputRow | undefined) ?? null;
  }

  todo({ sessionId, key }: KeyedSession): TodoRow | null {
    // Those of a deleted session are not removed at once.
    if (this.one(sessionId) === null) return null;
    return (this.#rows.todo.get(sessionId, key) as TodoRow | undefined) ?? null;
  }

  // Served by session_directory, session_parent or session_newest: each ends in the order of the list.
  list(query: SessionQuery): readonly SessionRow[] {
    assertPage({ limit: query.limit });
    let select = sqlBuilder.selectFrom("session").select(sessionColumns);
    const { before, directory, parentId, search } = query;
    if (directory !== undefined) select = select.where("directory", "=", directory);
    if (parentId !== undefined) select = select.where("parentId", "=", parentId);
    if (search !== undefined)
      select = select.where((where) =>
        where(where.fn("instr", [where.fn("lower", ["title"]), where.fn("lower", [where.val(search)])]), ">", 0),
      );
    if (before !== undefined) {
      select = select.where((where) =>
        where(where.refTuple("createdTime", "sessionId"), "<", where.tuple(before.createdTime, before.sessionId)),
      );
    }
    const { sql, parameters } = select
      .orderBy("createdTime", "desc")
      .orderBy("sessionId", "desc")
      .limit(query.limit)
      .compile();
    const statement = this.#lists.get(sql) ?? this.#connection.prepare(sql);
    this.#lists.set(sql, statement);
    return statement.all(parameters) as SessionRow[];
  }

  rows(sessionId: SessionId): RowSnapshot {
    const key = this.#keys.find(sessionId);
    // Rows of a deleted session are not removed at once.
    const isThere = this.one(sessionId) !== null;
    const entries = tableNames.map((table) => [table, isThere ? this.#rows[table].all(sessionId, key) : []]);
    return Object.fromEntries(entries) as RowSnapshot;
  }

  workloads(
    { runtime, limit, after }: Parameters<Store["workloads"]>[0],
    snapshots: SnapshotReader,
  ): readonly Workload[] {
    assertPage({ limit });
    // Every ID is greater than the empty text.
    const found = this.#workloads.all(runtime, after ?? "", after ?? "", limit) as KeyedSession[];
    return found.flatMap((session) => {
      const snapshot = snapshots.read(session);
      if (snapshot === null) return [];
      const { sessionId } = session;
      const { execution, claim, owner } = snapshot;
      return [{ sessionId, execution: execution?.state === "open" ? execution : null, claim, owner }];
    });
  }
}

/**
 * Both halves come in the order of session IDs from their index, execution_open and input_pending, so that they are merged and the limit
 * ends the search: a session without open work is not looked at, but for those that keep stale inputs. The second half is
 * `isFreshFor` in SQL: an input is fresh where it is younger than what ended the last execution, found by execution_order.
 */
export const workloadsSql = `
select sessionId, sessionKey as key from execution where runtime = +? and state = 'open' and sessionId > ?
  and not exists (select 1 from replica where replica.sessionKey = execution.sessionKey)
union
select sessionId, sessionKey as key from input as waiting where state = 'pending' and awake = 1 and sessionId > ?
  and coalesce((
    select case
        when last.state = 'open' then 0
        when last.outcome = 'completed' or last.endedSeq is null then 1
        when last.outcome = 'interrupted' then waiting.seq > coalesce(last.interruptSeq, last.endedSeq)
        else waiting.seq > last.endedSeq
      end
    from execution as last where last.sessionKey = waiting.sessionKey order by last.seq desc limit 1
  ), 1)
  and not exists (select 1 from replica where replica.sessionKey = waiting.sessionKey)
  and not exists (select 1 from tombstone where tombstone.sessionKey = waiting.sessionKey)
order by sessionId
limit +?`;

const rowsSql = (table: TableName): string => {
  const order = tableKeys[table].map((column) => (column === "sessionId" ? "sessionKey" : `"${column}"`)).join(", ");
  return `${selectRowsSql(table)} order by ${order}`;
};
