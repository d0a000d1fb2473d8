import { verifySession } from "@holdfast/core/store";
import { createDrafts, sha256 } from "@holdfast/testkit";
import { faultPointsFrom } from "@holdfast/testkit/fault";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { compaction } from "../src/migrations/0006-compaction.ts";
import { runMigration } from "../src/migrations/run-migration.ts";
import { refusalOf } from "./refusal-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { dumpRows } from "./version-1.ts";
import { restoreVersion2, sessionsOfVersion2 } from "./version-2.ts";

/** Two of its sessions were pruned, and others have inputs that wait. */
const restoreBefore = async (path: string): Promise<void> => {
  restoreVersion2(path);
  const connection = new Database(path);
  for (const version of [2, 3, 4]) {
    await runMigration(connection, version, { path, copying: { from: "none" }, faults: undefined });
  }
  connection.close();
};

describe("a store from before conversations were compacted", () => {
  it("has only prompts, no summary above floors or below, and keeps its other rows", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    await restoreBefore(path);
    const { meta: _version, floor: _floor, ...before } = dumpRows(path);
    {
      await using store = await openSqliteStore({ path });
      for (const sessionId of sessionsOfVersion2) {
        const { chain, projections } = await verifySession(store, sessionId, sha256);
        expect({ sessionId, chain, projections }).toEqual({ sessionId, chain: [], projections: [] });
        const { input } = await store.rows(sessionId);
        expect(input.every(({ kind }) => kind === "prompt")).toBe(true);
        expect((await store.snapshot(sessionId))?.compaction).toBeNull();
      }
      expect((await store.floor(createDrafts("pruned").sessionId))?.rows.compaction).toEqual([]);
    }
    expect(dumpRows(path)).toMatchObject(before);
  });

  it.each(["copied", ...compaction.statements.map((_, index) => index + 1), "before-commit"])(
    "stays as it was where its upgrade fails at %s, and is upgraded the next time",
    async (place) => {
      using folder = temporaryFolder();
      const path = folder.join("old.db");
      await restoreBefore(path);
      const before = dumpRows(path);
      const faults = faultPointsFrom(`store.migration:6:${place}=fail`);
      const error = await refusalOf(openSqliteStore({ path, faults }));
      expect(error).toMatchObject({ code: "store.migration-failed", data: { migration: "0006-compaction" } });
      expect(dumpRows(path)).toEqual(before);
      await using store = await openSqliteStore({ path });
      expect(await store.sessions({ limit: 10 })).toHaveLength(sessionsOfVersion2.length);
    },
  );
});
