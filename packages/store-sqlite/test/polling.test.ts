import { createDrafts } from "@holdfast/testkit";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it, vi } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { hearing, watchFile } from "./watch-file.ts";

const [one, two] = [createDrafts("one"), createDrafts("two")];

afterEach(() => void vi.useRealTimers());

describe("polling", () => {
  it("slows down when nothing happens, to eight times its interval and no further", () => {
    const { watchers, change, pollsIn } = watchFile();
    using _ = watchers.watch(one.sessionId, () => undefined);
    expect(pollsIn(500)).toBe(100);
    pollsIn(3_600_000);
    expect(pollsIn(4_000)).toBe(100);
    change();
    pollsIn(40);
    expect(pollsIn(100)).toBe(20);
  });

  it("is as fast as at first after a commit of this process", () => {
    const { watchers, pollsIn } = watchFile();
    using _ = watchers.watch(one.sessionId, () => undefined);
    pollsIn(3_600_000);
    watchers.committed(one.sessionId, []);
    pollsIn(40);
    expect(pollsIn(100)).toBe(20);
  });

  it("is as fast as at first for a watch that follows on a quiet one at once", () => {
    const { watchers, pollsIn } = watchFile();
    const quiet = watchers.watch(one.sessionId, () => undefined);
    pollsIn(3_600_000);
    quiet[Symbol.dispose]();
    using _ = watchers.watch(one.sessionId, () => undefined);
    expect(pollsIn(100)).toBe(20);
  });

  it("happens only while someone watches", () => {
    const { watchers, pollsIn } = watchFile();
    expect(pollsIn(1_000)).toBe(0);
    const watches = [watchers.watch(one.sessionId, () => undefined), watchers.watch(two.sessionId, () => undefined)];
    expect(pollsIn(100)).toBe(20);
    for (const watch of watches) watch[Symbol.dispose]();
    expect([pollsIn(1_000), vi.getTimerCount()]).toEqual([0, 0]);
    using _ = watchers.watch(one.sessionId, () => undefined);
    expect(pollsIn(100)).toBe(20);
  });

  it("ends with the store, also where a watcher ends it, and nobody is told after that", () => {
    const { watchers, change, pollsIn } = watchFile();
    const heard: string[] = [];
    watchers.watch(one.sessionId, () => {
      heard.push("first");
      watchers.stop();
    });
    watchers.watch(one.sessionId, hearing(heard, "second"));
    change();
    pollsIn(5);
    expect([heard, vi.getTimerCount()]).toEqual([["first"], 0]);
    using _ = watchers.watch(one.sessionId, hearing(heard, "late"));
    expect(vi.getTimerCount()).toBe(0);
    watchers.committed(one.sessionId, []);
    expect(heard).toEqual(["first"]);
  });

  it("that cannot begin leaves no watcher behind", () => {
    const { watchers, change, breakFile, pollsIn } = watchFile();
    const heard: string[] = [];
    breakFile(new Error("an I/O error"));
    expect(() => watchers.watch(one.sessionId, hearing(heard, "leaked"))).toThrow("an I/O error");
    expect(vi.getTimerCount()).toBe(0);
    breakFile();
    using _ = watchers.watch(one.sessionId, hearing(heard, "one"));
    change();
    pollsIn(5);
    expect(heard).toEqual(["one"]);
  });

  it("tells nobody what happens to the file after the store was closed", async () => {
    using folder = temporaryFolder();
    const path = folder.join("store.db");
    const store = await openSqliteStore({ path });
    const heard: unknown[] = [];
    store.watch(one.sessionId, (committed) => heard.push(committed));
    await store[Symbol.asyncDispose]();
    const other = new Database(path);
    other.exec("create table news (id)");
    other.close();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard).toEqual([]);
  });
});
