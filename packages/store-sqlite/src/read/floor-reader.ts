import { HoldfastError } from "@holdfast/core";
import { tableKeys } from "@holdfast/core/store";

import type { SessionId } from "@holdfast/core";
import type { Floor, RowSnapshot, Scalar, TableName } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { SessionKeys } from "../session-keys.ts";

/** The tables whose rows go with their events. */
export type SweptTable = Exclude<TableName, "session" | "message" | "todo" | "compaction" | "context">;

type Row = { readonly [column: string]: Scalar };

/**
 * The column that tells whether a row is at or below a floor: where it began. All that began there has ended there, too. Messages
 * keep their rows.
 */
export const placeColumns = {
  input: "seq",
  block: "seq",
  call: "calledSeq",
  ask: "seq",
  execution: "seq",
  step: "seq",
  attempt: "seq",
} as const satisfies { readonly [T in SweptTable]: string };

/** Reads where pruned logs begin. */
export class FloorReader {
  readonly #keys: SessionKeys;
  readonly #floor: Statement;

  constructor(connection: Connection, keys: SessionKeys) {
    this.#keys = keys;
    this.#floor = connection.prepare(
      "select ? as sessionId, seq, hash, fence, messagesHash, rows from floor where sessionKey = ?",
    );
  }

  /** @throws store.corrupt where its rows are no JSON any more. */
  read(sessionId: SessionId): Floor | null {
    const key = this.#keys.find(sessionId);
    const found = key === null ? undefined : (this.#floor.get(sessionId, key) as FloorRow | undefined);
    return found === undefined ? null : { ...found, rows: parseRows(found) };
  }
}

type FloorRow = Omit<Floor, "rows"> & { readonly rows: string };

const parseRows = ({ sessionId, seq, rows }: FloorRow): RowSnapshot => {
  try {
    return JSON.parse(rows) as RowSnapshot;
  } catch (error) {
    throw new HoldfastError("store.corrupt", {
      message: `Expected JSON as the rows at the floor ${seq} of session ${sessionId}, found damage. Keep the file, and restore it from a backup, or the session from an export.`,
      data: { sessionId, seq },
      cause: error,
    });
  }
};

/** A session's rows without those that a floor has removed, or will: what is left over from a crash counts as gone. */
export const rowsAboveFloor = (rows: RowSnapshot, floor: Floor | null): RowSnapshot => {
  if (floor === null) return rows;
  const kept = Object.keys(placeColumns).map((name) => {
    const table = name as SweptTable;
    const keys = keptKeys(floor, table);
    const isAbove = (row: Row) => Number(row[placeColumns[table]]) > floor.seq || keys.has(keyText(table, row));
    return [table, (rows[table] as unknown as readonly Row[]).filter(isAbove)];
  });
  return { ...rows, ...(Object.fromEntries(kept) as Partial<RowSnapshot>) };
};

/** The primary keys of the rows that stay below a floor, as texts. */
export const keptKeys = (floor: Floor, table: TableName): ReadonlySet<string> =>
  new Set((floor.rows[table] as unknown as readonly Row[]).map((row) => keyText(table, row)));

/** A row's primary key as a text. */
export const keyText = (table: TableName, row: Row): string => JSON.stringify(tableKeys[table].map((key) => row[key]));
