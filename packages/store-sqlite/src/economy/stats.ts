import { setImmediate as nextTurn } from "node:timers/promises";

import { walBytes } from "./checkpoint.ts";

import type { Connection } from "../driver.ts";

/** How many of something there are, and how many bytes their values take. */
export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

/** What takes the space of a store. */
export interface SqliteStoreStats {
  /** Size of the database file, in bytes. */
  readonly fileBytes: number;
  /** Size of the write-ahead log beside it. */
  readonly walBytes: number;
  readonly pageBytes: number;
  readonly pages: number;
  /** Pages that hold nothing now and are used again before the file grows. */
  readonly freePages: number;
  /** Bytes of each table, with its indexes: its pages, or the lengths of its values where SQLite was built without `dbstat`. */
  readonly tables: { readonly [table: string]: number };
  /** Events by type, and the bytes of their data. */
  readonly events: { readonly [type: string]: Amount };
  readonly blobs: Amount;
  readonly outputs: Amount;
}

type Sums = { readonly type: string; readonly count: number; readonly bytes: number }[];

const eventsPerSlice = 10_000;

/** Reads what takes the space: the whole file is looked at, and the log in slices, so it is no call for every request. */
export const readStats = async (
  connection: Connection,
  path: string,
  assertOpen: () => void,
): Promise<SqliteStoreStats> => {
  const events = await countEvents(connection, assertOpen);
  const wal = path === ":memory:" ? 0 : await walBytes(path);
  assertOpen();
  const number = (pragma: string) => connection.pragma(pragma, { simple: true }) as number;
  const [pages, pageBytes, freePages] = [number("page_count"), number("page_size"), number("freelist_count")];
  const amount = (sql: string) => connection.prepare(sql).get() as Amount;
  return {
    fileBytes: pages * pageBytes,
    walBytes: wal,
    pageBytes,
    pages,
    freePages,
    tables: countTables(connection),
    events,
    blobs: amount("select count(*) as count, coalesce(sum(bytes), 0) as bytes from blob"),
    outputs: amount("select count(*) as count, coalesce(sum(size), 0) as bytes from output"),
  };
};

const countEvents = async (
  connection: Connection,
  assertOpen: () => void,
): Promise<{ readonly [type: string]: Amount }> => {
  const after = "from event where place > ? order by place";
  const end = connection.prepare(`select place ${after} limit 1 offset ${eventsPerSlice - 1}`).pluck();
  const sums = connection.prepare(
    `select coalesce(name, typeKey || '') as type, count(*) as count, sum(bytes) as bytes
     from (select typeKey, octet_length(data) as bytes ${after} limit ${eventsPerSlice})
     left join eventType using (typeKey) group by typeKey`,
  );
  const totals = new Map<string, Amount>();
  let place: number | undefined = -1;
  while (place !== undefined) {
    assertOpen();
    for (const { type, count, bytes } of sums.all(place) as Sums) {
      const before = totals.get(type) ?? { count: 0, bytes: 0 };
      totals.set(type, { count: before.count + count, bytes: before.bytes + bytes });
    }
    place = end.get(place) as number | undefined;
    await nextTurn();
  }
  return Object.fromEntries([...totals].toSorted(([, left], [, right]) => right.bytes - left.bytes));
};

const countTables = (connection: Connection): { readonly [table: string]: number } => {
  const rows = connection
    .prepare("select tbl_name as tableName, name from sqlite_schema where rootpage > 0 order by tbl_name, name")
    .all() as { readonly tableName: string; readonly name: string }[];
  const size = sizeReader(connection);
  // Its own table is the one that does not list itself.
  rows.push({ tableName: "sqlite_schema", name: "sqlite_schema" });
  const sizes = new Map<string, number>();
  for (const { tableName, name } of rows) sizes.set(tableName, (sizes.get(tableName) ?? 0) + size(name, tableName));
  return Object.fromEntries(sizes);
};

const sizeReader = (connection: Connection): ((name: string, table: string) => number) => {
  try {
    const pages = connection
      .prepare("select coalesce(sum(pgsize), 0) from dbstat where name = ? and aggregate = 1")
      .pluck();
    return (name) => pages.get(name) as number;
  } catch {
    // SQLite was built without dbstat: the lengths of the values are the next best, and an index counts nothing.
    return (name, table) => (name === table ? lengthOf(connection, table) : 0);
  }
};

const lengthOf = (connection: Connection, table: string): number => {
  const columns = connection.pragma(`table_info("${table}")`) as { readonly name: string }[];
  const sum = columns.map(({ name }) => `coalesce(octet_length("${name}"), 0)`).join(" + ");
  return connection.prepare(`select coalesce(sum(${sum}), 0) from "${table}"`).pluck().get() as number;
};
