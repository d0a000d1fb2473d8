import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statfsSync, writeFileSync } from "node:fs";

import { verifySession } from "@holdfast/core/store";
import { admitPlan, createDrafts, createPlan, sha256 } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { migrateSqliteStore, openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { dumpRows, oldSessions, restoreVersion1 } from "./version-1.ts";

import type { Store } from "@holdfast/core/store";

/** A file system in memory with room for so many bytes, or why there can be none here. */
const mountSmall = (bytes: number) => {
  const folder = temporaryFolder();
  const path = folder.join("disk");
  mkdirSync(path);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path], { stdio: "pipe" });
  } catch (error) {
    folder[Symbol.dispose]();
    return error instanceof Error ? error : new Error(String(error));
  }
  return {
    path,
    join: (name: string) => `${path}/${name}`,
    free: () => {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    },
    [Symbol.dispose]: () => {
      execFileSync("umount", ["--lazy", path]);
      folder[Symbol.dispose]();
    },
  };
};

const probe = mountSmall(65_536);
const reason = probe instanceof Error ? `not run: mount refuses (${probe.message.split("\n")[0]})` : undefined;
if (!(probe instanceof Error)) probe[Symbol.dispose]();

const small = (bytes: number) => {
  const disk = mountSmall(bytes);
  if (disk instanceof Error) throw disk;
  return disk;
};

const codeOf = (running: Promise<unknown>): Promise<string | undefined> =>
  running.then(
    () => undefined,
    (error: unknown) => (error as { readonly code?: string }).code ?? String(error),
  );

const d = createDrafts("disk");
const { sessionId } = d;

/** Admits inputs until one is refused, and says how many were acknowledged and what the refusal was. */
const fill = async (store: Store, text: string) => {
  await store.commit(createPlan(d));
  for (let turn = 1; ; turn++) {
    const code = await codeOf(store.commit(admitPlan(d.turn(turn), { text }, 10_000)));
    if (code !== undefined) return { accepted: turn - 1, code };
  }
};

describe(`a disk without room${reason === undefined ? "" : ` (${reason})`}`, () => {
  it.skipIf(reason !== undefined).each([100, 3_000, 100_000])(
    "refuses what does not fit (inputs of %i characters), and loses nothing that was acknowledged",
    { timeout: 60_000 },
    async (length) => {
      using disk = small(4 * 1024 * 1024);
      const path = disk.join("store.db");
      let accepted: number;
      {
        await using store = await openSqliteStore({ path });
        const filled = await fill(store, "x".repeat(length));
        expect(filled.code).toBe("store.full");
        accepted = filled.accepted;
        expect(accepted).toBeGreaterThan(10);
        expect(await verifySession(store, sessionId, sha256)).toMatchObject({
          events: accepted + 1,
          chain: [],
          projections: [],
        });
      }
      await using again = await openSqliteStore({ path });
      expect(await verifySession(again, sessionId, sha256)).toMatchObject({
        events: accepted + 1,
        chain: [],
        projections: [],
      });
    },
  );

  it.skipIf(reason !== undefined)("goes on, in the same process, when room is made", { timeout: 60_000 }, async () => {
    using disk = small(8 * 1024 * 1024);
    writeFileSync(disk.join("ballast"), new Uint8Array(4 * 1024 * 1024));
    await using store = await openSqliteStore({ path: disk.join("store.db") });
    const { accepted, code } = await fill(store, "x".repeat(1_000));
    expect(code).toBe("store.full");
    execFileSync("rm", [disk.join("ballast")]);
    for (let turn = accepted + 1; turn <= accepted + 50; turn++) {
      await store.commit(admitPlan(d.turn(turn), { text: "x".repeat(1_000) }, 10_000));
    }
    expect(await verifySession(store, sessionId, sha256)).toMatchObject({
      events: accepted + 51,
      chain: [],
      projections: [],
    });
  });

  it.skipIf(reason !== undefined)("makes no store, and leaves nothing that is in the way later", async () => {
    using disk = small(64 * 1024);
    writeFileSync(disk.join("ballast"), new Uint8Array(56 * 1024));
    expect(["store.full", "store.migration-failed", "store.io"]).toContain(
      await codeOf(openSqliteStore({ path: disk.join("store.db") })),
    );
    execFileSync("mount", ["-o", "remount,size=4m", disk.path]);
    await (await openSqliteStore({ path: disk.join("store.db") }))[Symbol.asyncDispose]();
  });

  it.skipIf(reason !== undefined)(
    "has no room for the copy before an upgrade: the store stays of version 1",
    async () => {
      using disk = small(16 * 1024 * 1024);
      const path = disk.join("old.db");
      restoreVersion1(path);
      const before = dumpRows(path);
      const { from, migrations } = await migrateSqliteStore({ path, dryRun: true });
      expect([from, migrations.map(({ failure }) => failure)]).toEqual([1, [null, null, null, null, null]]);
      writeFileSync(disk.join("ballast"), new Uint8Array(disk.free() - 200 * 1024));
      expect(await codeOf(openSqliteStore({ path }))).toBe("store.migration-failed");
      expect(dumpRows(path)).toEqual(before);
      expect(readdirSync(disk.path).filter((name) => name.includes("backup"))).toEqual([]);
      execFileSync("rm", [disk.join("ballast")]);
      await using store = await openSqliteStore({ path });
      for (const old of oldSessions) {
        expect(await verifySession(store, old, sha256)).toMatchObject({ chain: [], projections: [] });
      }
    },
  );
});
