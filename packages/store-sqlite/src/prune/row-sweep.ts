import { tableKeys } from "@holdfast/core/store";

import { keptKeys, keyText, placeColumns } from "../read/floor-reader.ts";

import type { Floor, Scalar } from "@holdfast/core/store";
import type { SweptTable } from "../read/floor-reader.ts";
import type { Connection, Statement } from "../driver.ts";

type Row = { readonly [column: string]: Scalar };

/** The tables whose rows go with their events. */
export const sweptTables = Object.keys(placeColumns) as readonly SweptTable[];

/**
 * Goes over a session's rows of one table in the order of its primary key, a page at a time, and finds those that a floor removes:
 * each row is looked at once, whatever was removed before, so what a crash left over is found as well.
 */
export class RowSweep {
  readonly #table: SweptTable;
  readonly #key: number;
  readonly #floor: Floor;
  readonly #kept: ReadonlySet<string>;
  readonly #page: Statement;
  readonly #remove: Statement;
  #after: readonly Scalar[];

  constructor(
    connection: Connection,
    table: SweptTable,
    { key, floor }: { readonly key: number; readonly floor: Floor },
  ) {
    this.#table = table;
    this.#key = key;
    this.#floor = floor;
    this.#kept = keptKeys(floor, table);
    const keys = tableKeys[table];
    const own = keys.slice(1).map((column) => `"${column}"`);
    const marks = own.map(() => "?").join(", ");
    const place = placeColumns[table];
    this.#page = connection.prepare(
      `select ${own.join(", ")}, "${place}" from "${table}"
       where sessionKey = +? and (${own.join(", ")}) > (${marks}) order by ${own.join(", ")} limit +?`,
    );
    this.#remove = connection.prepare(
      `delete from "${table}" where sessionKey = ? and (${own.join(", ")}) = (${marks})`,
    );
    // Texts and numbers are greater than an empty text and -1; a key is never null.
    this.#after = keys.slice(1).map((column) => (column === "position" || column === "attempt" ? -1 : ""));
  }

  /** The next page's rows that go; null after the last page. */
  next(limit: number): readonly Row[] | null {
    const page = this.#page.all(this.#key, ...this.#after, limit) as Row[];
    const last = page.at(-1);
    if (last === undefined) return null;
    this.#after = this.#ownKey(last);
    const place = placeColumns[this.#table];
    return page.filter(
      (row) =>
        Number(row[place]) <= this.#floor.seq &&
        !this.#kept.has(keyText(this.#table, { ...row, sessionId: this.#floor.sessionId })),
    );
  }

  /** Inside its caller's transaction. */
  remove(rows: readonly Row[]): void {
    for (const row of rows) this.#remove.run(this.#key, ...this.#ownKey(row));
  }

  #ownKey(row: Row): readonly Scalar[] {
    return tableKeys[this.#table].slice(1).map((key) => row[key] ?? null);
  }
}
