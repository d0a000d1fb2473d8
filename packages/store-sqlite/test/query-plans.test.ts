import Database from "better-sqlite3";
import { expect, it } from "vitest";

import { initial } from "../src/migrations/0001-initial.ts";
import { workloadsSql } from "../src/read/session-reader.ts";

it("work is found in the order of its indexes: nothing is scanned as a whole, and nothing is sorted", () => {
  const database = new Database(":memory:");
  database.exec(initial.sql);
  const plan = database.prepare(`explain query plan ${workloadsSql}`).all("test", "", "", 10) as readonly {
    readonly detail: string;
  }[];
  expect(plan.map(({ detail }) => detail)).toEqual([
    "MERGE (UNION)",
    "LEFT",
    "SEARCH execution USING COVERING INDEX execution_open (runtime=? AND sessionId>?)",
    "RIGHT",
    "SEARCH waiting USING INDEX input_awake (sessionId>?)",
    "CORRELATED SCALAR SUBQUERY 2",
    "SEARCH last USING INDEX execution_order (sessionId=?)",
  ]);
  database.close();
});
