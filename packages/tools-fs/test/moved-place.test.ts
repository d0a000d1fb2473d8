import { mkdirSync, renameSync, symlinkSync } from "node:fs";

import { expect, it } from "vitest";

import { Stage } from "./harness.ts";

/** What stood in `sub` is in `elsewhere` now, and `sub` leads to a third, empty directory. */
const exchange = (stage: Stage): void => {
  renameSync(stage.join("sub"), stage.join("elsewhere"));
  mkdirSync(stage.join("empty"));
  symlinkSync("empty", stage.join("sub"));
};

const patchOf = (...lines: readonly string[]): string => ["*** Begin Patch", ...lines, "*** End Patch", ""].join("\n");

it.each([
  ["write", "a new file", { path: "sub/new.txt", content: "new\n" }],
  ["apply_patch", "an added file", { patch: patchOf("*** Add File: sub/new.txt", "+new") }],
  ["apply_patch", "a deleted file", { patch: patchOf("*** Delete File: sub/old.txt") }],
] as const)("a %s of %s below a directory that was exchanged for a link cannot be told", async (name, _what, input) => {
  using stage = new Stage();
  mkdirSync(stage.join("sub"));
  stage.write("sub/old.txt", "old\n");
  const call = await stage.prepare(name, input);
  await call.execute();
  exchange(stage);
  expect(await call.probe()).toMatchObject({ outcome: "unknown", detail: expect.stringContaining("sub/") as string });
});

it("a delete whose directory was exchanged for a link is not found done", async () => {
  using stage = new Stage();
  mkdirSync(stage.join("sub"));
  stage.write("sub/old.txt", "old\n");
  const call = await stage.prepare("apply_patch", { patch: patchOf("*** Delete File: sub/old.txt") });
  exchange(stage);
  expect(await call.probe()).toMatchObject({ outcome: "unknown" });
});
