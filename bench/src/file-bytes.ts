import Database from "better-sqlite3";

/** What is in a file of SQLite's and its write-ahead log by now, as pages of the file, in bytes. */
export const fileBytes = (path: string): number => {
  const database = new Database(path, { readonly: true });
  try {
    const number = (pragma: string) => database.pragma(pragma, { simple: true }) as number;
    return (number("page_count") - number("freelist_count")) * number("page_size");
  } finally {
    database.close();
  }
};
