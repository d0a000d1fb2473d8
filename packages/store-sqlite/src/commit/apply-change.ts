import { conditionFailed } from "@holdfast/core/store";
import { sql } from "kysely";

import { sqlBuilder, toSql } from "../compile.ts";

import type { Change, Scalar } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { Schema } from "../schema.ts";
import type { KeyedSession } from "../session-keys.ts";

type Columns = { readonly [column: string]: Scalar };
type Filter = { readonly [column: string]: Scalar | readonly Scalar[] };
type Table = Extract<keyof Schema, string>;

/** Runs the contract's row changes. Each shape of change is compiled and prepared once. */
export class ChangeApplier {
  readonly #connection: Connection;
  readonly #statements = new Map<string, Statement>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws store.condition-failed where the change's condition does not hold. */
  apply(session: KeyedSession, change: Change): void {
    if (change.op === "insert") this.#insert(session, change);
    else if (change.op === "update") this.#update(session, change);
    else this.#require(session, change);
  }

  #insert(session: KeyedSession, change: Change & { readonly op: "insert" }): void {
    const row = change.row as unknown as Columns;
    const columns = Object.keys(row).filter((column) => column !== "sessionId");
    // The values are bound in the order of the row's keys, so that order is a part of the shape.
    const statement = this.#statement(`insert ${change.table} ${columns.join()}`, () =>
      toSql(
        sqlBuilder
          .insertInto(change.table)
          .values(keyedRow(session, change.table, row) as never)
          .onConflict((conflict) => conflict.doNothing()),
      ),
    );
    const { sessionId, key } = session;
    const own = columns.map((column) => row[column]);
    const { changes } = statement.run(isNamed(change.table) ? [key, sessionId, ...own] : [key, ...own]);
    if (changes === 0 && change.orKeep !== true) throw conditionFailed(sessionId, change);
  }

  #update({ sessionId, key }: KeyedSession, change: Change & { readonly op: "update" }): void {
    const set = Object.entries((change.set ?? {}) as Columns);
    const add = Object.entries((change.add ?? {}) as { readonly [column: string]: number });
    const where = filterOf(key, change.where);
    const names = `${set.map(([column]) => column).join()}+${add.map(([column]) => column).join()}`;
    const statement = this.#statement(`update ${change.table} ${names} ${shapeOf(where)}`, () => {
      const sums = add.map(([column, amount]) => [column, sql`${sql.ref(column)} + ${amount}`] as const);
      const update = sqlBuilder.updateTable(change.table as Table).set(Object.fromEntries([...set, ...sums]) as never);
      return toSql(update.where(conditionOf(where)));
    });
    const values = [...set.map(([, value]) => value), ...add.map(([, amount]) => amount), ...valuesOf(where)];
    const { changes } = statement.run(values);
    if (change.expect === "one" && changes !== 1) throw conditionFailed(sessionId, change);
  }

  #require({ sessionId, key }: KeyedSession, change: Change & { readonly op: "require" }): void {
    const where = filterOf(key, change.where);
    const statement = this.#statement(`require ${change.table} ${shapeOf(where)}`, () =>
      toSql(
        sqlBuilder
          .selectFrom(change.table as Table)
          .select(sql<number>`1`.as("found"))
          .where(conditionOf(where))
          .limit(sql.lit(1)),
      ),
    );
    const found = statement.get(valuesOf(where)) !== undefined;
    if (found !== (change.expect === "some")) throw conditionFailed(sessionId, change);
  }

  #statement(shape: string, compile: () => string): Statement {
    let statement = this.#statements.get(shape);
    if (statement === undefined) {
      statement = this.#connection.prepare(compile());
      this.#statements.set(shape, statement);
    }
    return statement;
  }
}

type Condition = readonly (readonly [column: string, value: Scalar | readonly Scalar[]])[];

// The session is implied in every filter.
const filterOf = (key: number, where: Filter): Condition => [
  ["sessionKey", key],
  ...Object.entries(where).filter(([column]) => column !== "sessionId"),
];

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

const shapeOf = (where: Condition): string =>
  where
    .map(([column, value]) =>
      isLiteral(column, value) || value === null
        ? `${column}=${String(value)}`
        : isList(value)
          ? `${column}*${value.length}`
          : column,
    )
    .join();

const conditionOf = (where: Condition) =>
  sql<boolean>`${sql.join(
    where.map(([column, value]) => {
      const literal = (one: Scalar) => (isLiteral(column, value) ? sql.lit(one) : sql`${one}`);
      return isList(value)
        ? sql`${sql.ref(column)} in (${sql.join(value.map(literal))})`
        : value === null
          ? sql`${sql.ref(column)} is null`
          : sql`${sql.ref(column)} = ${literal(value)}`;
    }),
    sql` and `,
  )}`;

const valuesOf = (where: Condition): readonly Scalar[] =>
  where.flatMap(([column, value]) =>
    isLiteral(column, value) || value === null ? [] : isList(value) ? [...value] : [value],
  );
