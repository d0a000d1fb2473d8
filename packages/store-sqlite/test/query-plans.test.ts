import Database from "better-sqlite3";
import { expect, it } from "vitest";

import { migrations } from "../src/migrations/migrations.ts";
import { workloadsSql } from "../src/read/session-reader.ts";

it("work is found in the order of its indexes: nothing is scanned as a whole, and nothing is sorted", () => {
  const database = new Database(":memory:");
  for (const statement of migrations.flatMap(({ statements }) => statements)) database.exec(statement);
  const plan = database.prepare(`explain query plan ${workloadsSql}`).all("test", "", "", 10) as readonly {
    readonly detail: string;
  }[];
  expect(plan.map(({ detail }) => detail)).toEqual([
    "MERGE (UNION)",
    "LEFT",
    "SEARCH execution USING COVERING INDEX execution_open (runtime=? AND sessionId>?)",
    "CORRELATED SCALAR SUBQUERY 1",
    "SEARCH replica USING INTEGER PRIMARY KEY (rowid=?)",
    "RIGHT",
    "SEARCH waiting USING INDEX input_awake (sessionId>?)",
    "CORRELATED SCALAR SUBQUERY 3",
    "SEARCH last USING INDEX execution_order (sessionKey=?)",
    "CORRELATED SCALAR SUBQUERY 4",
    "SEARCH replica USING INTEGER PRIMARY KEY (rowid=?)",
    "CORRELATED SCALAR SUBQUERY 5",
    "SEARCH tombstone USING INTEGER PRIMARY KEY (rowid=?)",
  ]);
  database.close();
});
