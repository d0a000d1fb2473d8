import { verifySession } from "@holdfast/core/store";
import { createDrafts, sha256 } from "@holdfast/testkit";
import { faultPointsFrom } from "@holdfast/testkit/fault";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { systemContext } from "../src/migrations/0005-system-context.ts";
import { runMigration } from "../src/migrations/run-migration.ts";
import { refusalOf } from "./refusal-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { dumpRows } from "./version-1.ts";
import { restoreVersion2, sessionsOfVersion2 } from "./version-2.ts";

/** Two of its sessions were pruned. */
const restoreVersion4 = async (path: string): Promise<void> => {
  restoreVersion2(path);
  const connection = new Database(path);
  for (const version of [2, 3]) {
    await runMigration(connection, version, { path, copying: { from: "none" }, faults: undefined });
  }
  connection.close();
};

describe("a store of version 4", () => {
  it("was told nothing of a system context, above floors and below, and keeps its other rows", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    await restoreVersion4(path);
    const { meta: _version, floor: _floor, ...before } = dumpRows(path);
    {
      await using store = await openSqliteStore({ path });
      for (const sessionId of sessionsOfVersion2) {
        const { chain, projections } = await verifySession(store, sessionId, sha256);
        expect({ sessionId, chain, projections }).toEqual({ sessionId, chain: [], projections: [] });
      }
      const floor = await store.floor(createDrafts("pruned").sessionId);
      expect(floor?.rows.context).toEqual([]);
    }
    expect(dumpRows(path)).toMatchObject(before);
  });

  it.each(["copied", ...systemContext.statements.map((_, index) => index + 1), "before-commit"])(
    "stays as it was where its upgrade fails at %s, and is upgraded the next time",
    async (place) => {
      using folder = temporaryFolder();
      const path = folder.join("old.db");
      await restoreVersion4(path);
      const before = dumpRows(path);
      const faults = faultPointsFrom(`store.migration:5:${place}=fail`);
      const error = await refusalOf(openSqliteStore({ path, faults }));
      expect(error).toMatchObject({ code: "store.migration-failed", data: { migration: "0005-system-context" } });
      expect(dumpRows(path)).toEqual(before);
      await using store = await openSqliteStore({ path });
      expect(await store.sessions({ limit: 10 })).toHaveLength(sessionsOfVersion2.length);
    },
  );
});
