export { openSqliteStore } from "./open.ts";

export type { SqliteStore, SqliteStoreOptions } from "./sqlite-store-options.ts";
