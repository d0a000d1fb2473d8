import { verifySession } from "@holdfast/core/store";
import { createDrafts, sha256 } from "@holdfast/testkit";
import { faultPointsFrom } from "@holdfast/testkit/fault";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { asksAndApprovals } from "../src/migrations/0003-asks-and-approvals.ts";
import { withoutAdded } from "./as-in-version-1.ts";
import { refusalOf } from "./refusal-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { changeFile, dumpRows } from "./version-1.ts";
import { restoreVersion2, sessionsOfVersion2 } from "./version-2.ts";

import type { Store } from "@holdfast/core/store";

const expectWhole = async (store: Store): Promise<void> => {
  for (const sessionId of sessionsOfVersion2) {
    const { chain, projections } = await verifySession(store, sessionId, sha256);
    expect({ sessionId, chain, projections }).toEqual({ sessionId, chain: [], projections: [] });
  }
};

// After each statement of migration 3, and around them.
const places = ["copied", ...asksAndApprovals.statements.map((_, index) => index + 1), "before-commit"];

describe("a store of version 2", () => {
  it("is upgraded when it is opened: rows equal the rebuild, of pruned sessions and replicas too", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion2(path);
    const before = dumpRows(path);
    {
      await using store = await openSqliteStore({ path });
      expect((await store.sessions({ limit: 10 })).map(({ sessionId }) => sessionId).toSorted()).toEqual(
        sessionsOfVersion2.toSorted(),
      );
      await expectWhole(store);
    }
    const after = dumpRows(path);
    for (const [table, rows] of Object.entries(before)) {
      if (table === "meta" || table === "floor") continue;
      expect({ table, rows: after[table]?.map(withoutAdded) }).toEqual({ table, rows });
    }
    const kept = (before["meta"] as { readonly key: string }[]).filter(({ key }) => key !== "minReaderVersion");
    expect(after["meta"]).toEqual(expect.arrayContaining(kept));
  });

  it("is given what the open activity of each session used, and its root", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion2(path);
    await using store = await openSqliteStore({ path });
    const used = async (seed: string) => {
      const row = await store.session(createDrafts(seed).sessionId);
      expect(row?.rootId).toBe(row?.sessionId);
      return [row?.activityTokens, row?.activityCost];
    };
    // One by one, as they were spent: 0.4 + 0.5 + 0.6 + 0.7 + 0.8 + 0.9.
    expect(await used("used")).toEqual([678, [4, 5, 6, 7, 8, 9].reduce((sum, tenths) => sum + tenths / 10, 0)]);
    expect(await used("open")).toEqual([312, 0.1 + 0.2 + 0.3]);
    // Of what is below the floor nothing counts, whether it was removed or not.
    expect(await used("cutoff")).toEqual([234, 0.8 + 0.9]);
    expect(await used("inbox")).toEqual([0, 0]);
  });

  it("has no ask, no approval and nothing withdrawn, and takes all of them from then on", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion2(path);
    await using store = await openSqliteStore({ path });
    expect(await store.asks({ limit: 10 })).toEqual([]);
    expect(await store.approvals({ project: "/srv/project" })).toEqual([]);
    const { sessionId } = createDrafts("inbox");
    const inputs = (await store.snapshot(sessionId))?.inputs ?? [];
    expect(inputs.map(({ seq, valueSeq, withdrawnSeq }) => [seq === valueSeq, withdrawnSeq])).toEqual([
      [true, null],
      [true, null],
    ]);
    const [first] = inputs;
    const d = createDrafts("late");
    const { messageId, version } = first ?? { messageId: d.inputId, version: -1 };
    await store.commit({ sessionId, events: [d.withdrawn({ messageId, withdraws: version })] });
    expect((await store.snapshot(sessionId))?.inputs).toHaveLength(1);
    await expectWhole(store);
  });

  it("is upgraded although an event is damaged, and the damage is still found", async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion2(path);
    changeFile(path, "update event set data = 'x' || substr(data, 2) where place = 67108864 + 24");
    await using store = await openSqliteStore({ path });
    const error = await refusalOf(verifySession(store, createDrafts("used").sessionId, sha256));
    expect(error.code).toBe("store.corrupt");
  });

  it.each(places)("stays as it was where its upgrade fails at %s, and is upgraded the next time", async (place) => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion2(path);
    const before = dumpRows(path);
    const faults = faultPointsFrom(`store.migration:3:${place}=fail`);
    const error = await refusalOf(openSqliteStore({ path, faults }));
    expect(error).toMatchObject({
      code: "store.migration-failed",
      data: { migration: "0003-asks-and-approvals", path },
    });
    expect(dumpRows(path)).toEqual(before);
    await using store = await openSqliteStore({ path });
    await expectWhole(store);
  });
});
