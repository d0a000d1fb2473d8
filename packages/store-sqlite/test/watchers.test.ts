import { admitPlan, createDrafts, createPlan } from "@holdfast/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";

import { openSqliteStore } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { hearing, watchFile } from "./watch-file.ts";

const [one, two] = [createDrafts("one"), createDrafts("two")];

afterEach(() => void vi.useRealTimers());

const fail = () => {
  throw new Error("no more");
};

describe("a commit of another process", () => {
  it("is told to every watcher of every session, and so is each one after it", () => {
    const { watchers, change, pollsIn } = watchFile();
    const heard: string[] = [];
    using _one = watchers.watch(one.sessionId, hearing(heard, "one"));
    using _again = watchers.watch(one.sessionId, hearing(heard, "one again"));
    using _two = watchers.watch(two.sessionId, hearing(heard, "two"));
    for (let round = 1; round <= 3; round++) {
      change();
      pollsIn(5);
      expect(heard).toEqual(Array.from({ length: round }, () => ["one", "one again", "two"]).flat());
    }
  });

  it("goes on being told to the others when one watch is disposed of", () => {
    const { watchers, change, pollsIn } = watchFile();
    const heard: string[] = [];
    const first = watchers.watch(one.sessionId, hearing(heard, "one"));
    using _two = watchers.watch(two.sessionId, hearing(heard, "two"));
    first[Symbol.dispose]();
    change();
    pollsIn(5);
    expect(heard).toEqual(["two"]);
  });

  it("is told once to one that disposes of its watch and watches anew", () => {
    const { watchers, change, pollsIn } = watchFile();
    let calls = 0;
    let watch: Disposable | undefined;
    const listener = () => {
      calls += 1;
      if (calls > 100) throw new Error("expected one call for one commit");
      watch?.[Symbol.dispose]();
      watch = watchers.watch(one.sessionId, listener);
    };
    watch = watchers.watch(one.sessionId, listener);
    change();
    expect([pollsIn(5), calls]).toEqual([1, 1]);
    // One chain of polls, and not two.
    expect(vi.getTimerCount()).toBe(1);
    expect(pollsIn(100)).toBe(20);
    change();
    pollsIn(5);
    expect(calls).toBe(2);
    watch[Symbol.dispose]();
    expect([pollsIn(5), vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("is told once to each of two of a session that watch anew whenever they are told", () => {
    const { watchers, change, pollsIn } = watchFile();
    const calls = { first: 0, second: 0 };
    const watches = new Map<string, Disposable>();
    const watch = (name: "first" | "second"): void => {
      watches.get(name)?.[Symbol.dispose]();
      const listener = () => {
        calls[name] += 1;
        if (calls[name] < 100) watch(name);
      };
      watches.set(name, watchers.watch(one.sessionId, listener));
    };
    watch("first");
    watch("second");
    change();
    pollsIn(5);
    expect(calls).toEqual({ first: 1, second: 1 });
    for (const own of watches.values()) own[Symbol.dispose]();
  });

  it("is not told to one that another disposes of while they are called", () => {
    const { watchers, change, pollsIn } = watchFile();
    const heard: string[] = [];
    const later: Disposable[] = [];
    using _ = watchers.watch(one.sessionId, () => {
      heard.push("first");
      for (const watch of later) watch[Symbol.dispose]();
    });
    later.push(watchers.watch(two.sessionId, hearing(heard, "second")));
    change();
    pollsIn(5);
    expect(heard).toEqual(["first"]);
  });

  it("is told to the others where a watcher, the logger and the look at the file throw", () => {
    const { watchers, change, pollsIn } = watchFile({ onForeign: fail, error: fail });
    const heard: string[] = [];
    using _thrower = watchers.watch(one.sessionId, fail);
    using _one = watchers.watch(one.sessionId, hearing(heard, "one"));
    change();
    pollsIn(5);
    change();
    pollsIn(5);
    expect(heard).toEqual(["one", "one"]);
  });

  it("is told late, and not never, where the file could not be read for a while", () => {
    const { watchers, change, breakFile, pollsIn } = watchFile();
    const heard: string[] = [];
    using _ = watchers.watch(one.sessionId, hearing(heard, "one"));
    breakFile(new Error("an I/O error"));
    change();
    pollsIn(50);
    expect(heard).toEqual([]);
    breakFile();
    pollsIn(5);
    expect(heard).toEqual(["one"]);
  });

  it("of one of two watched sessions reaches both, through the file", async () => {
    using folder = temporaryFolder();
    await using store = await openSqliteStore({ path: folder.join("store.db") });
    await using other = await openSqliteStore({ path: folder.join("store.db") });
    await store.commit(createPlan(one));
    await store.commit(createPlan(two));
    const heard = new Set<string>();
    using _one = store.watch(one.sessionId, () => heard.add("one"));
    using _two = store.watch(two.sessionId, () => heard.add("two"));
    await other.commit(admitPlan(two));
    await expect.poll(() => [...heard].toSorted()).toEqual(["one", "two"]);
    heard.clear();
    await other.commit(admitPlan(one));
    await expect.poll(() => [...heard].toSorted()).toEqual(["one", "two"]);
  });
});
