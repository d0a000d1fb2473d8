import Database from "better-sqlite3";

/** Holds a store's write lock, as another process would, until it is disposed of. */
export const holdLock = (path: string) => {
  const database = new Database(path);
  database.exec("begin immediate");
  return {
    [Symbol.dispose]: () => {
      if (!database.open) return;
      if (database.inTransaction) database.exec("rollback");
      database.close();
    },
  };
};
