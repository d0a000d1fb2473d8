import type { Rows, Scalar, TableName } from "./rows.ts";

/** Which rows of the session: each column named equals the value, or one of the values. */
export type RowFilter<TTable extends TableName> = {
  readonly [C in keyof Rows[TTable]]?: Rows[TTable][C] | readonly Rows[TTable][C][];
};

/** Adds a row that must not be there yet. */
export interface InsertRow<TTable extends TableName = TableName> {
  readonly op: "insert";
  readonly table: TTable;
  readonly row: Rows[TTable];
  /** Keeps a row of the same identity as it is, where there is one, in place of refusing. */
  readonly orKeep?: true;
}

/** Changes exactly the rows that the filter finds; `expect` says how many that must be. */
export interface UpdateRow<TTable extends TableName = TableName> {
  readonly op: "update";
  readonly table: TTable;
  readonly where: RowFilter<TTable>;
  readonly set?: Partial<Rows[TTable]>;
  /** Numbers to add to what the columns hold. */
  readonly add?: { readonly [C in keyof Rows[TTable]]?: number };
  /** `one`: the condition holds or the plan is rolled back. `any`: whatever is found, and nothing is fine. */
  readonly expect: "one" | "any";
}

/** Takes away every row that the filter finds; nothing is fine. */
export interface DeleteRow<TTable extends TableName = TableName> {
  readonly op: "delete";
  readonly table: TTable;
  readonly where: RowFilter<TTable>;
}

/** Changes nothing: the plan is rolled back where such a row is there, or is not there. */
export interface RequireRow<TTable extends TableName = TableName> {
  readonly op: "require";
  readonly table: TTable;
  readonly where: RowFilter<TTable>;
  readonly expect: "some" | "none";
}

/**
 * A typed, conditional change of one projected table. `sessionId` is implied in every filter. Changes are plain data, so
 * every store applies the same ones, and a rebuild from the log is a second application.
 */
export type Change = {
  readonly [T in TableName]: InsertRow<T> | UpdateRow<T> | DeleteRow<T> | RequireRow<T>;
}[TableName];

/** A change in words, for the error of a condition that did not hold. */
export const describeChange = (change: Change): string => {
  if (change.op === "insert") return `no ${change.table} row with this identity yet`;
  const where = Object.entries(change.where as { readonly [column: string]: Scalar | readonly Scalar[] })
    .map(([column, value]) => `${column} ${Array.isArray(value) ? `among ${value.join(", ")}` : `= ${String(value)}`}`)
    .join(" and ");
  if (change.op === "delete") return `any ${change.table} rows with ${where}`;
  const amount = change.op === "update" ? "exactly one" : change.expect === "some" ? "some" : "no";
  return `${amount} ${change.table} row with ${where}`;
};
