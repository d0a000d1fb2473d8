import { conditionFailed } from "@holdfast/core/store";
import { sql } from "kysely";

import { sqlBuilder, toSql } from "../compile.ts";
import { ownColumns } from "../read/row-columns.ts";
import { StatementTree } from "./statement-tree.ts";

import type { Change, Scalar, TableName } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { Schema } from "../schema.ts";
import type { KeyedSession } from "../session-keys.ts";

type Columns = { readonly [column: string]: Scalar };
type Filter = { readonly [column: string]: Scalar | readonly Scalar[] };
type Table = Extract<keyof Schema, string>;

/**
 * Runs the contract's row changes. Each shape of change is compiled and prepared once. A turn makes some forty of them, so a shape is
 * found while its values are collected, and nothing is built for it.
 */
export class ChangeApplier {
  readonly #connection: Connection;
  readonly #inserts = new Map<string, Statement>();
  readonly #updates = new StatementTree();
  readonly #deletes = new StatementTree();
  readonly #requires = new StatementTree();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws store.condition-failed where the change's condition does not hold. */
  apply(session: KeyedSession, change: Change): void {
    if (change.op === "insert") this.#insert(session, change);
    else if (change.op === "update") this.#update(session, change);
    else if (change.op === "delete") this.#delete(session, change);
    else this.#require(session, change);
  }

  #insert(session: KeyedSession, change: Change & { readonly op: "insert" }): void {
    const { table } = change;
    let statement = this.#inserts.get(table);
    if (statement === undefined) {
      statement = this.#connection.prepare(insertSql(table));
      this.#inserts.set(table, statement);
    }
    const row = change.row as unknown as Columns;
    const values: Scalar[] = isNamed(table) ? [session.key, session.sessionId] : [session.key];
    for (const column of ownColumns[table]) values.push(row[column] ?? null);
    const { changes } = statement.run(values);
    if (changes === 0 && change.orKeep !== true) throw conditionFailed(session.sessionId, change);
  }

  #update({ sessionId, key }: KeyedSession, change: Change & { readonly op: "update" }): void {
    const set = (change.set ?? noColumns) as Columns;
    const add = (change.add ?? noColumns) as Columns;
    const values: Scalar[] = [];
    let shape = this.#updates.at(change.table);
    for (const column in set) {
      shape = shape.at(column);
      values.push(set[column] ?? null);
    }
    shape = shape.at("add");
    for (const column in add) {
      shape = shape.at(column);
      values.push(add[column] ?? 0);
    }
    shape = shape.at("where");
    values.push(isListed(change) ? sessionId : key);
    shape = collect(change.where, values, shape);
    shape.statement ??= this.#connection.prepare(updateSql(change));
    const { changes } = shape.statement.run(values);
    if (change.expect === "one" && changes !== 1) throw conditionFailed(sessionId, change);
  }

  #delete({ sessionId, key }: KeyedSession, change: Change & { readonly op: "delete" }): void {
    const values: Scalar[] = [isListed(change) ? sessionId : key];
    const shape = collect(change.where, values, this.#deletes.at(change.table));
    shape.statement ??= this.#connection.prepare(
      toSql(sqlBuilder.deleteFrom(change.table as Table).where(conditionOf(change))),
    );
    shape.statement.run(values);
  }

  #require({ sessionId, key }: KeyedSession, change: Change & { readonly op: "require" }): void {
    const values: Scalar[] = [isListed(change) ? sessionId : key];
    const shape = collect(change.where, values, this.#requires.at(change.table));
    shape.statement ??= this.#connection.prepare(requireSql(change)).pluck();
    const found = shape.statement.get(values) !== undefined;
    if (found !== (change.expect === "some")) throw conditionFailed(sessionId, change);
  }
}

const noColumns: Columns = {};

/** Adds the values that a filter binds, and goes on to its shape: a column, and then what is written into the SQL for it. */
const collect = (where: Filter, values: Scalar[], start: StatementTree): StatementTree => {
  let shape = start;
  for (const column in where) {
    const value = where[column] ?? null;
    if (column === "sessionId") continue;
    shape = shape.at(column);
    if (value === null || isLiteral(column, value)) shape = shape.at(isList(value) ? value.join() : value);
    else if (isList(value)) {
      shape = shape.at(among).at(value.length);
      values.push(...value);
    } else {
      shape = shape.at(bound);
      values.push(value);
    }
  }
  return shape;
};

const bound = Symbol("bound");
const among = Symbol("among");

// What is compiled for the first change of a shape binds the values of the others in the same order, which is that of their columns.
const anySession: KeyedSession = { sessionId: "ses_any" as KeyedSession["sessionId"], key: 0 };

const insertSql = (table: TableName): string => {
  const row: Columns = Object.fromEntries(ownColumns[table].map((column) => [column, 0]));
  const insert = sqlBuilder.insertInto(table).values(keyedRow(anySession, table, row) as never);
  return toSql(insert.onConflict((conflict) => conflict.doNothing()));
};

const updateSql = (change: Change & { readonly op: "update" }): string => {
  const { table, set, add } = change;
  const sums = Object.entries((add ?? noColumns) as Columns).map(
    ([column, amount]) => [column, sql`${sql.ref(column)} + ${amount}`] as const,
  );
  const values = Object.fromEntries([...Object.entries((set ?? noColumns) as Columns), ...sums]);
  return toSql(
    sqlBuilder
      .updateTable(table as Table)
      .set(values as never)
      .where(conditionOf(change)),
  );
};

const requireSql = (change: Change & { readonly op: "require" }): string =>
  isOpenStep(change)
    ? lastStepIsOpenSql
    : toSql(
        sql`select 1 from ${sql.table(change.table)} ${sql.raw(indexOf(change))} where ${conditionOf(change)} ${sql.raw(ofLastStep(change))} limit 1`,
      );

// The file has no statistics, and by itself SQLite would go over all calls of the session, by primary key.
const indexOf = ({ table, where }: Change & { readonly op: "require" }): string =>
  table === "call" && "stepId" in where && !("callId" in where) ? "indexed by call_step" : "";

// An attempt that is open is the open step's, which is the last one.
const ofLastStep = ({ table, where }: Change & { readonly op: "require" }): string =>
  table === "attempt" && !("stepId" in where) && (where as Filter)["state"] === "open"
    ? "and stepId = (select last.stepId from step as last where last.sessionKey = attempt.sessionKey order by last.seq desc limit 1)"
    : "";

// Steps follow one another: one that is open is the last, which step_order finds. No index is kept of open ones.
const isOpenStep = ({ table, where }: Change & { readonly op: "require" }): boolean =>
  table === "step" && Object.keys(where).join() === "state" && (where as Filter)["state"] === "open";

const lastStepIsOpenSql =
  "select 1 from (select state from step where sessionKey = +? order by seq desc limit 1) where state = 'open'";

/**
 * Whether a filter is of what waits or works in a session, whichever it is: then it is found by the session's ID, in execution_open and
 * input_pending, which also list the work of all sessions.
 */
const isListed = ({ table, where }: Change & { readonly op: "update" | "delete" | "require" }): boolean =>
  (table === "execution" && !("executionId" in where)) || (table === "input" && !("messageId" in where));

const isNamed = (table: Table): boolean => table === "session" || table === "input" || table === "execution";

/** A row as its table keeps it: under the session's number, and with its ID where things are listed in the order of IDs. */
export const keyedRow = ({ sessionId, key }: KeyedSession, table: Table, row: Columns): Columns => {
  const { sessionId: _given, ...own } = row;
  return isNamed(table) ? { sessionKey: key, sessionId, ...own } : { sessionKey: key, ...own };
};

const isList = (value: Scalar | readonly Scalar[]): value is readonly Scalar[] => Array.isArray(value);

// States are written into the SQL and not bound: a partial index serves only a query that names its state.
const isLiteral = (column: string, value: Scalar | readonly Scalar[]): boolean =>
  column === "state" || (column === "awake" && !isList(value));

// The session is implied in every filter, and comes first.
const conditionOf = (change: Change & { readonly op: "update" | "delete" | "require" }) => {
  const where = change.where as Filter;
  const session = sql.ref(isListed(change) ? "sessionId" : "sessionKey");
  const entries = Object.entries(where).filter(([column]) => column !== "sessionId");
  const conditions = entries.map(([column, value]) => {
    const literal = (one: Scalar) => (isLiteral(column, value) ? sql.lit(one) : sql`${one}`);
    return isList(value)
      ? sql`${sql.ref(column)} in (${sql.join(value.map(literal))})`
      : value === null
        ? sql`${sql.ref(column)} is null`
        : sql`${sql.ref(column)} = ${literal(value)}`;
  });
  return sql<boolean>`${sql.join([sql`${session} = ${0}`, ...conditions], sql` and `)}`;
};
