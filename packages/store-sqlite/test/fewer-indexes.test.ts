import { verifySession } from "@holdfast/core/store";
import { createDrafts, sha256 } from "@holdfast/testkit";
import { faultPointsFrom } from "@holdfast/testkit/fault";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { fewerIndexes } from "../src/migrations/0004-fewer-indexes.ts";
import { runMigration } from "../src/migrations/run-migration.ts";
import { refusalOf } from "./refusal-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { dumpRows, oldSessions, restoreVersion1 } from "./version-1.ts";

const restoreVersion3 = async (path: string): Promise<void> => {
  restoreVersion1(path);
  const connection = new Database(path);
  for (const version of [1, 2]) {
    await runMigration(connection, version, { path, copying: { from: "none" }, faults: undefined });
  }
  connection.close();
};

const indexesOf = (path: string): readonly unknown[] => {
  const database = new Database(path, { readonly: true });
  const indexes = database.prepare("select name, sql from sqlite_schema where type = 'index' order by name").all();
  database.close();
  return indexes;
};

describe("a store of version 3", () => {
  it("keeps its rows, has the indexes of a new store afterwards, and is read the same", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    await restoreVersion3(path);
    const { meta: _version, ...before } = dumpRows(path);
    {
      await using store = await openSqliteStore({ path });
      for (const sessionId of oldSessions) {
        expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
        const page = await store.history({ sessionId, after: -1, limit: 200 });
        const log = await store.events({ sessionId, after: -1, limit: 500 });
        const ofMessages = log.filter(({ data }) => data["messageId"] !== undefined && data["stepId"] !== undefined);
        expect(page?.events).toEqual(expect.arrayContaining(ofMessages));
      }
      const open = await store.snapshot(createDrafts("open").sessionId);
      expect(open).toMatchObject({
        execution: { state: "open" },
        step: { state: "open" },
        calls: [{ state: "begun" }],
      });
      const inbox = await store.snapshot(createDrafts("inbox").sessionId);
      expect(inbox?.inputs).toHaveLength(3);
      const work = await store.workloads({ runtime: open?.execution?.runtime ?? "", limit: 10 });
      expect(work.map(({ sessionId }) => sessionId)).toContain(createDrafts("open").sessionId);
    }
    expect(dumpRows(path)).toMatchObject(before);
    await (await openSqliteStore({ path: folder.join("new.db") }))[Symbol.asyncDispose]();
    expect(indexesOf(path)).toEqual(indexesOf(folder.join("new.db")));
  });

  it.each(fewerIndexes.statements.map((statement, index) => [index + 1, statement] as const))(
    "stays as it was where its upgrade fails after statement %d (%s)",
    async (place) => {
      using folder = temporaryFolder();
      const path = folder.join("old.db");
      await restoreVersion3(path);
      const before = [dumpRows(path), indexesOf(path)];
      const faults = faultPointsFrom(`store.migration:4:${place}=fail`);
      const error = await refusalOf(openSqliteStore({ path, faults }));
      expect(error).toMatchObject({ code: "store.migration-failed", data: { migration: "0004-fewer-indexes" } });
      expect([dumpRows(path), indexesOf(path)]).toEqual(before);
    },
  );
});
