import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { HoldfastError } from "@holdfast/core";
import { createDrafts, createPlan } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { startFixture } from "./start-fixture.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const bytesOf = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString("base64")]));

/** Opens a path that cannot be opened, and shows that nothing in its folder was changed, made or removed. */
const expectFailure = async (path: string, code: string): Promise<HoldfastError> => {
  const before = bytesOf(dirname(path));
  const error: unknown = await openSqliteStore({ path }).then(
    () => new Error("expected a refusal, found an open store"),
    (reason: unknown) => reason,
  );
  if (!HoldfastError.isInstance(error)) throw error;
  expect(error.code).toBe(code);
  expect(error.message).toContain(path);
  expect(error.data).toMatchObject({ path });
  expect(bytesOf(dirname(path))).toEqual(before);
  return error;
};

const makeStore = async (path: string): Promise<void> => {
  await using store = await openSqliteStore({ path });
  await store.commit(createPlan(createDrafts("kept")));
};

const changeFile = (path: string, sql: string): void => {
  const database = new Database(path);
  database.exec(sql);
  database.close();
};

describe("openSqliteStore", () => {
  it.each([
    ["a text", Buffer.from("This is no database. ".repeat(500))],
    ["zeros", Buffer.alloc(8_192)],
    ["two bytes", Buffer.from("xy")],
    ["a header and garbage", Buffer.concat([Buffer.from("SQLite format 3\u0000"), Buffer.alloc(5_000, 0xa5)])],
  ])("refuses a file of %s as corrupt", async (_, content) => {
    using folder = temporaryFolder();
    writeFileSync(folder.join("garbage.db"), content);
    await expectFailure(folder.join("garbage.db"), "store.corrupt");
  });

  it.each(["delete", "wal"])("refuses another program's SQLite file in %s mode", async (mode) => {
    using folder = temporaryFolder();
    changeFile(folder.join("other.db"), `pragma journal_mode = ${mode}; create table notes (note text)`);
    const error = await expectFailure(folder.join("other.db"), "store.corrupt");
    expect(error.message).toContain("another program");
  });

  it("refuses a store whose pages are damaged, when they are read", async () => {
    using folder = temporaryFolder();
    const path = folder.join("damaged.db");
    await makeStore(path);
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 4_096), Buffer.alloc(bytes.length - 4_096, 0x5a)]));
    const read = async () => {
      await using store = await openSqliteStore({ path });
      return store.snapshot(createDrafts("kept").sessionId);
    };
    const error: unknown = await read().catch((reason: unknown) => reason);
    expect(HoldfastError.isInstance(error, "store.corrupt")).toBe(true);
  });

  it("does not find a store in a folder that is not there, and makes none", async () => {
    using folder = temporaryFolder();
    const error = await openSqliteStore({ path: folder.join("missing/store.db") }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "store.not-found", data: { directory: folder.join("missing") } });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("does not find a store in a folder that is a file", async () => {
    using folder = temporaryFolder();
    writeFileSync(folder.join("file"), "");
    const error = await openSqliteStore({ path: folder.join("file/store.db") }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "store.not-found" });
  });

  it("does not find a store that is a folder", async () => {
    using folder = temporaryFolder();
    mkdirSync(folder.join("store.db/inner"), { recursive: true });
    const error = await openSqliteStore({ path: folder.join("store.db") }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "store.not-found", data: { path: folder.join("store.db") } });
    expect(readdirSync(folder.path, { recursive: true })).toEqual(["store.db", "store.db/inner"]);
  });

  it("refuses the store of a newer version, and leaves it as it is", async () => {
    using folder = temporaryFolder();
    const path = folder.join("newer.db");
    await makeStore(path);
    changeFile(path, "pragma user_version = 99");
    const error = await expectFailure(path, "store.newer");
    expect(error.data).toMatchObject({ found: 99, known: 6 });
    changeFile(path, "pragma user_version = 6");
    await using store = await openSqliteStore({ path });
    expect(await store.head(createDrafts("kept").sessionId)).toMatchObject({ seq: 0 });
  });

  it("refuses to write to a store that a newer version upgraded while it was open", async () => {
    using folder = temporaryFolder();
    const path = folder.join("upgraded.db");
    await makeStore(path);
    await using store = await openSqliteStore({ path });
    changeFile(path, "pragma user_version = 99");
    const error = await store.commit(createPlan(createDrafts("late"))).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "store.upgraded", data: { found: 99, known: 6 } });
    expect(await store.head(createDrafts("late").sessionId)).toBeNull();
  });

  it.runIf(process.platform !== "win32").each([
    ["a file and a folder that it may not write", 0o444, 0o555],
    ["a file that it may not write", 0o444, 0o777],
    ["a folder that it may not write", 0o666, 0o555],
  ])("refuses %s as read-only", async (_, fileMode, folderMode) => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path);
    const before = bytesOf(folder.path);
    chmodSync(path, fileMode);
    chmodSync(folder.path, folderMode);
    const answer = await startFixture("open-unprivileged", [path]).ended;
    expect(answer).toMatchObject({ code: "store.read-only", message: expect.stringContaining(path) as string });
    expect(answer).not.toMatchObject({ uid: 0 });
    expect(bytesOf(folder.path)).toEqual(before);
  });

  it("makes no store in a folder that it may not write", async () => {
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o555);
    const answer = await startFixture("open-unprivileged", [folder.join("new.db")]).ended;
    expect(answer).toMatchObject({ code: "store.read-only", data: { target: folder.path } });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("opens, as that user, what it may write", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    await makeStore(path);
    chmodSync(path, 0o666);
    chmodSync(folder.path, 0o777);
    expect(await startFixture("open-unprivileged", [path]).ended).toMatchObject({
      storeId: expect.stringMatching(/^sto_/) as string,
    });
  });
});
