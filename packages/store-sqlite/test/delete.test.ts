import { verifySession } from "@holdfast/core/store";
import { createDrafts, createPlan, sha256 } from "@holdfast/testkit";
import { faultPointsFrom } from "@holdfast/testkit/fault";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { writeTurns } from "./write-turns.ts";

const d = createDrafts("swept");
const { sessionId } = d;

/** Rows that are left under the number of the first session, by table. */
const leftIn = (path: string): { readonly [table: string]: number } => {
  const database = new Database(path, { readonly: true });
  try {
    const tables = database
      .prepare("select name from sqlite_schema where type = 'table' and sql like '%sessionKey%' order by name")
      .pluck()
      .all() as string[];
    const counts = tables.map((table): [string, number] => [
      table,
      database.prepare(`select count(*) from "${table}" where sessionKey = 1`).pluck().get() as number,
    ]);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  } finally {
    database.close();
  }
};

const kept = { admission: 3, event: 1, tombstone: 1 };

const makeStore = async (path: string): Promise<void> => {
  await using store = await openSqliteStore({ path });
  await writeTurns(store, d, [1, 3]);
  await writeTurns(store, createDrafts("stays"), [1, 1]);
  await store.putOutput({ sessionId, callId: d.callId, attempt: 1 }, new Uint8Array(100_000));
};

const places = ["outputs", "events", "rows", "messages", "end"].flatMap((name) => [`before-${name}`, `after-${name}`]);

describe("a deleted session", () => {
  it("leaves its last event, its identities and a tombstone in the file", { timeout: 20_000 }, async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path);
    await using store = await openSqliteStore({ path });
    await store.commit({ sessionId, events: [d.sessionDeleted()] });
    await expect.poll(() => leftIn(path), { timeout: 15_000 }).toEqual(kept);
    expect((await store.stats()).outputs).toEqual({ count: 0, bytes: 0 });
    const next = createDrafts("next");
    await store.commit(createPlan(next));
    expect(leftIn(path)).toEqual(kept);
    expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 1, chain: [], projections: [] });
  });

  it.each(places)(
    "whose removal was cut off at %s is removed when the store is opened anew",
    { timeout: 20_000 },
    async (place) => {
      using folder = temporaryFolder();
      const path = folder.join("store.db");
      await makeStore(path);
      let reached = false;
      {
        const faults = faultPointsFrom(`store.delete:${place}=fail`);
        const reach = (point: string) => {
          // Everything after it fails, as after the end of the process.
          if (reached && point.startsWith("store.delete:")) throw new Error("the process ended");
          reached ||= point === `store.delete:${place}`;
          faults?.reach(point);
        };
        await using store = await openSqliteStore({ path, faults: { reach } });
        await store.commit({ sessionId, events: [d.sessionDeleted()] });
        await expect.poll(() => reached, { timeout: 10_000 }).toBe(true);
        expect(await store.session(sessionId)).toBeNull();
        expect(await store.events({ sessionId, after: -1, limit: 10 })).toMatchObject([{ type: "session.deleted" }]);
      }
      await using store = await openSqliteStore({ path });
      await expect.poll(() => leftIn(path), { timeout: 15_000 }).toEqual(kept);
      expect(await verifySession(store, createDrafts("stays").sessionId, sha256)).toMatchObject({
        chain: [],
        projections: [],
      });
    },
  );
});
