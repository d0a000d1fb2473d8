import { existsSync } from "node:fs";

import { verifySession } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { asksAndApprovals } from "../src/migrations/0003-asks-and-approvals.ts";
import { floorsAndReplicas } from "../src/migrations/0002-floors-and-replicas.ts";
import { startFixture } from "./start-fixture.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { dumpRows, oldSessions, restoreVersion1 } from "./version-1.ts";
import { restoreVersion2, sessionsOfVersion2 } from "./version-2.ts";

const versionOf = (path: string): unknown => {
  const database = new Database(path);
  try {
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
    return database.pragma("user_version", { simple: true });
  } finally {
    database.close();
  }
};

const expectWhole = async (path: string, sessions = oldSessions): Promise<void> => {
  await using store = await openSqliteStore({ path });
  for (const sessionId of sessions) {
    expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
  }
};

// Statements of migration 2, and what is around them; the file is of which version after a kill there. Every fourth, for the time that
// it takes: `torture migrate` kills at each, and so does migrate.test.ts, within one process.
const statements = floorsAndReplicas.statements
  .map((_, index) => String(index + 1))
  .filter((_, index) => index % 4 === 0);
const places = [
  ...["copied", ...statements, "before-commit"].map((place) => [place, 1] as const),
  ["after-commit", 2] as const,
];

// Of migration 3 likewise.
const laterPlaces = [
  ...["copied", ...asksAndApprovals.statements.map((_, index) => String(index + 1)), "before-commit"]
    .filter((_, index) => index % 4 === 0)
    .map((place) => [place, 2] as const),
  ["after-commit", 3] as const,
];

describe("a process that migrates a store of version 2", () => {
  it.each(laterPlaces)("leaves, when it is killed at %s, a file of version %i that opens", async (place, version) => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion2(path);
    const before = dumpRows(path);
    const child = startFixture("open-with-fault", [path, `store.migration:3:${place}=kill`]);
    await expect(child.ended).rejects.toThrow("found null");
    expect(versionOf(path)).toBe(version);
    if (version === 2) expect(dumpRows(path)).toEqual(before);
    expect(existsSync(`${path}.v2-backup`)).toBe(true);
    await expectWhole(path, sessionsOfVersion2);
  });
});

describe("a process that migrates a store of version 1", () => {
  it.each(places)("leaves, when it is killed at %s, a file of version %i that opens", async (place, version) => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    const before = dumpRows(path);
    const child = startFixture("open-with-fault", [path, `store.migration:2:${place}=kill`]);
    await expect(child.ended).rejects.toThrow("found null");
    expect(versionOf(path)).toBe(version);
    if (version === 1) expect(dumpRows(path)).toEqual(before);
    expect(existsSync(`${path}.v1-backup`)).toBe(true);
    expect(existsSync(`${path}.v1-backup.partial`)).toBe(false);
    await expectWhole(path);
  });

  it.each(["copied", "1", "12", "30"])(
    "leaves, when it is killed while it makes a new one (at %s), a file that opens",
    async (place) => {
      using folder = temporaryFolder();
      const path = folder.join("new.db");
      const child = startFixture("open-with-fault", [path, `store.migration:1:${place}=kill`]);
      await expect(child.ended).rejects.toThrow("found null");
      expect(versionOf(path)).toBe(0);
      await (await openSqliteStore({ path }))[Symbol.asyncDispose]();
      expect(versionOf(path)).toBe(6);
    },
  );

  it("is one of 20 that open it at once: all of them work", { timeout: 60_000 }, async () => {
    using folder = temporaryFolder();
    const path = folder.join("old.db");
    restoreVersion1(path);
    const children = Array.from({ length: 20 }, () => startFixture("open-once", [path]));
    await Promise.all(children.map(({ ready }) => ready));
    for (const { go } of children) go();
    const answers = await Promise.all(children.map(({ ended }) => ended));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await expectWhole(path);
  });
});
