import { HoldfastError } from "../errors/holdfast-error.ts";
import { describeChange } from "./change.ts";
import { tableKeys, tableNames } from "./rows.ts";

import type { SessionId } from "../ids/id.ts";
import type { Change } from "./change.ts";
import type { RowSnapshot } from "./reads.ts";
import type { Scalar, TableName } from "./rows.ts";

type Row = { readonly [column: string]: Scalar };
type Filter = { readonly [column: string]: Scalar | readonly Scalar[] };

/**
 * The projected rows of one session in memory: what a change means, executably. A rebuild applies a log to an empty one, and
 * testkit's memory store keeps one per session.
 */
export class RowSet {
  readonly #sessionId: SessionId;
  readonly #tables: { readonly [T in TableName]: Map<string, Row> };

  constructor(sessionId: SessionId) {
    this.#sessionId = sessionId;
    this.#tables = Object.fromEntries(tableNames.map((table) => [table, new Map<string, Row>()])) as {
      readonly [T in TableName]: Map<string, Row>;
    };
  }

  /** A copy that shares nothing, to try a plan on. */
  clone(): RowSet {
    const copy = new RowSet(this.#sessionId);
    for (const table of tableNames) {
      for (const [key, row] of this.#tables[table]) copy.#tables[table].set(key, row);
    }
    return copy;
  }

  /** @throws store.condition-failed where the change's condition does not hold. */
  apply(change: Change): void {
    if (change.op === "insert") this.#insert(change);
    else if (change.op === "update") this.#update(change);
    else if (this.#matching(change.table, change.where).length > 0 !== (change.expect === "some")) this.#refuse(change);
  }

  /** Every row, each table in the order of its primary key. */
  snapshot(): RowSnapshot {
    return Object.fromEntries(
      tableNames.map((table) => [
        table,
        [...this.#tables[table].values()].toSorted((left, right) => compareKeys(table, left, right)),
      ]),
    ) as unknown as RowSnapshot;
  }

  #insert(change: Change & { readonly op: "insert" }): void {
    const rows = this.#tables[change.table];
    const row = change.row as unknown as Row;
    const key = keyOf(change.table, row);
    if (!rows.has(key)) rows.set(key, row);
    else if (change.orKeep !== true) this.#refuse(change);
  }

  #update(change: Change & { readonly op: "update" }): void {
    const rows = this.#tables[change.table];
    const found = this.#matching(change.table, change.where);
    if (change.expect === "one" && found.length !== 1) this.#refuse(change);
    for (const row of found) {
      const added = Object.entries(change.add ?? {}).map(([column, amount]) => [column, Number(row[column]) + amount]);
      rows.set(keyOf(change.table, row), { ...row, ...(change.set as Row | undefined), ...Object.fromEntries(added) });
    }
  }

  #matching(table: TableName, where: Filter): readonly Row[] {
    return [...this.#tables[table].values()].filter((row) =>
      Object.entries(where).every(([column, wanted]) => holds(row[column], wanted)),
    );
  }

  #refuse(change: Change): never {
    throw conditionFailed(this.#sessionId, change);
  }
}

/** The refusal of a plan whose condition did not hold: the same error from every store. */
export const conditionFailed = (sessionId: SessionId, change: Change): HoldfastError<"store.condition-failed"> =>
  new HoldfastError("store.condition-failed", {
    message: `Expected ${describeChange(change)} in session ${sessionId}, and it is not so: the session moved on since the plan was made. Read it again and decide anew.`,
    data: { sessionId, table: change.table, op: change.op, expected: describeChange(change) },
  });

const holds = (value: Scalar | undefined, wanted: Scalar | readonly Scalar[]): boolean =>
  Array.isArray(wanted) ? wanted.includes(value) : value === wanted;

const keyOf = (table: TableName, row: Row): string => tableKeys[table].map((column) => row[column]).join("\u0000");

const compareKeys = (table: TableName, left: Row, right: Row): number => {
  for (const column of tableKeys[table]) {
    const [a, b] = [left[column], right[column]];
    if (a === b) continue;
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a) < String(b) ? -1 : 1;
  }
  return 0;
};
