import { readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";

import { expect, it } from "vitest";

import { failureOf, Stage } from "./harness.ts";

const edit = { path: "a.txt", oldText: "old", newText: "new", replaceAll: true };

/** An edit that was prepared, of a file with two places. */
const prepare = async (stage: Stage) => {
  stage.write("a.txt", "old and old\n");
  return stage.prepare("edit", edit);
};

it("an edit that was not done is found not done, and can be done then", async () => {
  using stage = new Stage();
  const call = await prepare(stage);
  expect(await call.probe()).toEqual({ outcome: "not" });
  expect(readFileSync(stage.join("a.txt"), "utf8")).toBe("old and old\n");
  await call.execute();
  expect(readFileSync(stage.join("a.txt"), "utf8")).toBe("new and new\n");
});

it("an edit that was done is found done, with how much it replaced", async () => {
  using stage = new Stage();
  const call = await prepare(stage);
  await call.execute();
  expect(await call.probe()).toEqual({
    outcome: "happened",
    output: { path: "a.txt", isExact: true, replacements: 2, diff: "" },
  });
});

it("an edit of a file that has another content since cannot be told", async () => {
  using stage = new Stage();
  const call = await prepare(stage);
  await call.execute();
  stage.write("a.txt", "new and new, and more\n");
  expect(await call.probe()).toMatchObject({ outcome: "unknown", detail: expect.stringContaining("a.txt") as string });
});

it("an edit of a file that a link has replaced cannot be told, whatever the link leads to", async () => {
  using stage = new Stage();
  const call = await prepare(stage);
  renameSync(stage.join("a.txt"), stage.join("b.txt"));
  symlinkSync("b.txt", stage.join("a.txt"));
  expect(await call.probe()).toMatchObject({ outcome: "unknown", detail: expect.stringContaining("b.txt") as string });
});

it("an edit of a file that is gone fails to be looked for, which says nothing of it", async () => {
  using stage = new Stage();
  const call = await prepare(stage);
  rmSync(stage.join("a.txt"));
  expect(await failureOf(call.probe())).toContain("nothing at a.txt");
});
