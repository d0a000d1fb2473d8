import { mkdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

import { expect, it } from "vitest";

import { fsTools, nodeFileSystem } from "../src/index.ts";
import { Stage } from "./harness.ts";

it("of two edits of one file from two Locations, one above the other, none is lost", async () => {
  const bothAreAbout = Promise.withResolvers<void>();
  let about = 0;
  const plugin = fsTools({
    fileSystem: {
      ...nodeFileSystem,
      rename: async (from, to) => {
        if (++about === 2) bothAreAbout.resolve();
        // Were they not to wait for each other, both would be here, and have found the file untouched.
        await Promise.race([bothAreAbout.promise, setTimeout(200)]);
        await nodeFileSystem.rename(from, to);
      },
    },
  });
  using above = new Stage(plugin);
  mkdirSync(above.join("sub"));
  using below = new Stage(plugin, above.join("sub"));
  below.write("a.txt", "one two");
  const calls = [
    await above.prepare("edit", { path: "sub/a.txt", oldText: "one", newText: "1" }),
    await below.prepare("edit", { path: "a.txt", oldText: "two", newText: "2" }),
  ];
  const ends = await Promise.allSettled(calls.map((call) => call.execute()));
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(readFileSync(below.join("a.txt"), "utf8")).toBe("1 two");
});
