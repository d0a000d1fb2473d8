import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";

import type { Compilable, RawBuilder } from "kysely";
import type { Schema } from "./schema.ts";

/**
 * kysely without a connection: it writes and types the SQL, once, and the driver runs it as a prepared statement. kysely's own
 * driver opens deferred transactions, prepares each time and holds one mutex, so it does not run our hot path.
 */
export const sqlBuilder = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** The SQL of a query. Its values are bound anew each time, in the order in which they were written. */
export const toSql = (query: Compilable | RawBuilder<unknown>): string => query.compile(sqlBuilder).sql;
