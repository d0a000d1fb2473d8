import { tableKeys, tableNames } from "@holdfast/core/store";

import { sqlBuilder, toSql } from "../compile.ts";
import { sessionColumns } from "./session-columns.ts";

import type { SessionId } from "@holdfast/core";
import type { RowSnapshot, SessionQuery, SessionRow, TableName, Workload } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { SnapshotReader } from "./snapshot-reader.ts";

/** Reads sessions' rows: one, a list, all projected rows, those with work. */
export class SessionReader {
  readonly #connection: Connection;
  readonly #one: Statement;
  readonly #rows: { readonly [T in TableName]: Statement };
  readonly #workloads: Statement;

  constructor(connection: Connection) {
    this.#connection = connection;
    const one = sqlBuilder.selectFrom("session").select(sessionColumns);
    this.#one = connection.prepare(toSql(one.where("sessionId", "=", "" as never)));
    this.#rows = Object.fromEntries(
      tableNames.map((table) => [table, connection.prepare(rowsSql(table))]),
    ) as unknown as { readonly [T in TableName]: Statement };
    // Served by execution_open and input_awake: neither looks at a session at rest.
    this.#workloads = connection.prepare(
      `select sessionId from execution where runtime = ? and state = 'open'
       union
       select sessionId from input as waiting where state = 'pending' and awake = 1
         and not exists (select 1 from execution where sessionId = waiting.sessionId and state = 'open')
       limit ?`,
    );
  }

  one(sessionId: SessionId): SessionRow | null {
    return (this.#one.get(sessionId) as SessionRow | undefined) ?? null;
  }

  list(query: SessionQuery): readonly SessionRow[] {
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
    return this.#connection.prepare(sql).all(parameters) as SessionRow[];
  }

  rows(sessionId: SessionId): RowSnapshot {
    const entries = tableNames.map((table) => [table, this.#rows[table].all(sessionId)]);
    return Object.fromEntries(entries);
  }

  workloads(
    query: { readonly runtime: string; readonly limit: number },
    snapshots: SnapshotReader,
  ): readonly Workload[] {
    const found = this.#workloads.all(query.runtime, query.limit) as { readonly sessionId: SessionId }[];
    return found.flatMap(({ sessionId }) => {
      const snapshot = snapshots.read(sessionId);
      if (snapshot === null) return [];
      const { execution, claim, owner } = snapshot;
      return [{ sessionId, execution: execution?.state === "open" ? execution : null, claim, owner }];
    });
  }
}

const rowsSql = (table: TableName): string => {
  const select =
    table === "session"
      ? sqlBuilder.selectFrom("session").select(sessionColumns)
      : sqlBuilder.selectFrom(table).selectAll();
  const order = tableKeys[table].map((column) => `"${column}"`).join(", ");
  return `${toSql(select)} where "sessionId" = ? order by ${order}`;
};
