import { writeFileSync } from "node:fs";

import { verifySession } from "@holdfast/core/store";
import { admitPlan, createDrafts, createMemoryStore, sha256 } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { startFixture } from "./start-fixture.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { writeTurns } from "./write-turns.ts";

const d = createDrafts("long");
const { sessionId } = d;
const intact = { chain: [], projections: [] };

describe("a process that prunes", () => {
  it(
    "does not keep another from committing to the same session, and both see the same",
    { timeout: 60_000 },
    async () => {
      using folder = temporaryFolder();
      const path = folder.join("store.db");
      await using store = await openSqliteStore({ path });
      await writeTurns(store, d, [1, 300]);
      const done = new AbortController();
      const child = startFixture("open-with-fault", [path, "", "long"]);
      const ended = child.ended.finally(() => done.abort());
      let longest = 0;
      let turn = 300;
      while (!done.signal.aborted) {
        turn += 1;
        const begun = performance.now();
        await store.commit(admitPlan(d.turn(turn), {}, 100_000));
        longest = Math.max(longest, performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await ended;
      expect(turn).toBeGreaterThan(310);
      expect(longest).toBeLessThan(5_000);
      expect(await store.floor(sessionId)).toMatchObject({ seq: 3_600 });
      expect(await verifySession(store, sessionId, sha256)).toEqual({ events: turn - 300, ...intact });
      expect((await store.snapshot(sessionId))?.inputs).toHaveLength(turn - 300);
    },
  );
});

describe("a process that imports", () => {
  it.each([
    ["before-commit", null],
    ["after-commit", { seq: 36 }],
  ])("and is killed at %s leaves all of the batch or nothing", async (place, head) => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await using source = createMemoryStore();
    await writeTurns(source, d, [1, 3]);
    const events = await source.events({ sessionId, after: -1, limit: 500 });
    writeFileSync(folder.join("events.json"), JSON.stringify(events));
    const args = [path, sessionId, folder.join("events.json")];
    const child = startFixture("import-file", [...args, `store.import:${place}=kill`]);
    await expect(child.ended).rejects.toThrow("found null");
    await using store = await openSqliteStore({ path });
    const found = await store.head(sessionId);
    expect(found === null ? null : { seq: found.seq }).toEqual(head);
    expect(await startFixture("import-file", args).ended).toMatchObject({ added: head === null ? 37 : 0 });
    expect(await verifySession(store, sessionId, sha256)).toEqual({ events: 37, ...intact });
  });
});
