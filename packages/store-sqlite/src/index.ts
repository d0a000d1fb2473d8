export { migrateSqliteStore } from "./migrations/migrate-sqlite-store.ts";
export { openSqliteStore } from "./open.ts";
export { moveAside } from "./place/move-aside.ts";

export type { Amount, SqliteStoreStats } from "./economy/stats.ts";
export type {
  MigrateSqliteStoreOptions,
  MigrateSqliteStoreReport,
  MigrationReport,
} from "./migrations/migrate-sqlite-store.ts";
export type { SqliteStore, SqliteStoreOptions } from "./sqlite-store-options.ts";
