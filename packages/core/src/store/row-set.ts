import { HoldfastError } from "../errors/holdfast-error.ts";
import { describeChange } from "./change.ts";
import { tableKeys, tableNames } from "./rows.ts";

import type { SessionId } from "../ids/id.ts";
import type { Change } from "./change.ts";
import type { RowSnapshot, Scalar, TableName } from "./rows.ts";

type Row = { readonly [column: string]: Scalar };
type Filter = { readonly [column: string]: Scalar | readonly Scalar[] };

/**
 * The projected rows of one session in memory: what a change means, executably. A rebuild applies a log to an empty one, and
 * testkit's memory store keeps one per session.
 */
export class RowSet {
  readonly #sessionId: SessionId;
  readonly #tables: { readonly [T in TableName]: Table };

  constructor(sessionId: SessionId) {
    this.#sessionId = sessionId;
    this.#tables = Object.fromEntries(tableNames.map((table) => [table, new Table(table)])) as {
      readonly [T in TableName]: Table;
    };
  }

  /** The rows of a session as they were once, to go on from: those of a floor. */
  static restore(sessionId: SessionId, snapshot: RowSnapshot): RowSet {
    const restored = new RowSet(sessionId);
    for (const table of tableNames) {
      for (const row of snapshot[table] as unknown as readonly Row[]) restored.#tables[table].put({ ...row });
    }
    return restored;
  }

  /** A copy that shares nothing, to try a plan on. */
  clone(): RowSet {
    const copy = new RowSet(this.#sessionId);
    for (const table of tableNames) {
      for (const row of this.#tables[table].rows) copy.#tables[table].put(row);
    }
    return copy;
  }

  /** @throws store.condition-failed where the change's condition does not hold. */
  apply(change: Change): void {
    if (change.op === "insert") this.#insert(change);
    else if (change.op === "update") this.#update(change);
    else if (change.op === "delete")
      for (const row of this.#matching(change.table, change.where)) this.#tables[change.table].delete(row);
    else if (this.#matching(change.table, change.where).length > 0 !== (change.expect === "some")) this.#refuse(change);
  }

  /** Every row, each table in the order of its primary key. */
  snapshot(): RowSnapshot {
    return Object.fromEntries(
      tableNames.map((table) => [
        table,
        [...this.#tables[table].rows].toSorted((left, right) => compareKeys(table, left, right)),
      ]),
    ) as unknown as RowSnapshot;
  }

  /**
   * Whether nothing is open: every input promoted, every call settled, every attempt, step and execution ended. Looks at what is open
   * alone, however much there is.
   */
  isSettled(): boolean {
    return openStates.every(([table, states]) => states.every((state) => !this.#tables[table].hasState(state)));
  }

  #insert(change: Change & { readonly op: "insert" }): void {
    const table = this.#tables[change.table];
    const row = change.row as unknown as Row;
    if (!table.has(row)) table.put(row);
    else if (change.orKeep !== true) this.#refuse(change);
  }

  #update(change: Change & { readonly op: "update" }): void {
    const table = this.#tables[change.table];
    const found = this.#matching(change.table, change.where);
    if (change.expect === "one" && found.length !== 1) this.#refuse(change);
    for (const row of found) {
      const added = Object.entries(change.add ?? {}).map(([column, amount]) => [column, Number(row[column]) + amount]);
      table.put({ ...row, ...(change.set as Row | undefined), ...Object.fromEntries(added) });
    }
  }

  #matching(table: TableName, where: Filter): readonly Row[] {
    const filter: Filter = { sessionId: this.#sessionId, ...where };
    return this.#tables[table]
      .candidates(filter)
      .filter((row) => Object.entries(filter).every(([column, wanted]) => holds(row[column], wanted)));
  }

  #refuse(change: Change): never {
    throw conditionFailed(this.#sessionId, change);
  }
}

/** The rows of one table, found by their key or by their state: what conditions ask for, so that none of them walks a session. */
class Table {
  readonly #name: TableName;
  readonly #byKey = new Map<string, Row>();
  readonly #byState = new Map<Scalar, Map<string, Row>>();

  constructor(name: TableName) {
    this.#name = name;
  }

  get rows(): Iterable<Row> {
    return this.#byKey.values();
  }

  has(row: Row): boolean {
    return this.#byKey.has(keyOf(this.#name, row));
  }

  put(row: Row): void {
    const key = keyOf(this.#name, row);
    const before = this.#byKey.get(key);
    this.#byKey.set(key, row);
    if (row["state"] === undefined) return;
    if (before?.["state"] !== undefined) this.#byState.get(before["state"])?.delete(key);
    const alike = this.#byState.get(row["state"]) ?? new Map<string, Row>();
    this.#byState.set(row["state"], alike.set(key, row));
  }

  delete(row: Row): void {
    const key = keyOf(this.#name, row);
    this.#byKey.delete(key);
    if (row["state"] !== undefined) this.#byState.get(row["state"])?.delete(key);
  }

  hasState(state: Scalar): boolean {
    return (this.#byState.get(state)?.size ?? 0) > 0;
  }

  /** Rows among which are all that a filter finds. */
  candidates(filter: Filter): readonly Row[] {
    if (tableKeys[this.#name].every((column) => isScalar(filter[column]))) {
      const row = this.#byKey.get(keyOf(this.#name, filter as Row));
      return row === undefined ? [] : [row];
    }
    const { state } = filter;
    if (state === undefined) return [...this.#byKey.values()];
    return [state].flat().flatMap((one) => [...(this.#byState.get(one)?.values() ?? [])]);
  }
}

const openStates: readonly (readonly [TableName, readonly Scalar[]])[] = [
  ["input", ["pending"]],
  ["call", ["called", "begun"]],
  ["ask", ["open"]],
  ["attempt", ["open"]],
  ["step", ["open"]],
  ["execution", ["open"]],
  ["compaction", ["open"]],
];

const isScalar = (wanted: Scalar | readonly Scalar[] | undefined): boolean =>
  wanted !== undefined && !Array.isArray(wanted);

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
