import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { Stage } from "./harness.ts";

import type { JsonObject } from "@holdfast/core";
import type { FsToolName } from "../src/index.ts";

const run = promisify(execFile);

/** What the model reads of a call by a user without rights. */
const sayAs = async (stage: Stage, name: FsToolName, input: JsonObject): Promise<string> => {
  const child = join(import.meta.dirname, "child", "without-rights.ts");
  const { stdout } = await run(process.execPath, [child, stage.directory, name, JSON.stringify(input)], {
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "holdfast-tools-fs-compiled"), ...process.env, NODE_OPTIONS: "" },
    timeout: 20_000,
  });
  return stdout;
};

const closed = (): Stage => {
  const stage = new Stage();
  mkdirSync(stage.join("locked"));
  stage.write("locked/a.txt", "one\n");
  stage.write("mine.txt", "one\n");
  stage.write("secret.txt", "one\n");
  chmodSync(stage.directory, 0o755);
  chmodSync(stage.join("secret.txt"), 0o600);
  chmodSync(stage.join("locked"), 0o700);
  return stage;
};

const patch = (...body: readonly string[]) => ({ patch: ["*** Begin Patch", ...body, "*** End Patch"].join("\n") });

const isRoot = process.getuid?.() === 0;

describe.runIf(isRoot)(`a user without rights${isRoot ? "" : " (not run: only root can become another user)"}`, () => {
  it.each([
    ["read", { path: "secret.txt" }],
    ["read", { path: "locked" }],
    ["read", { path: "locked/a.txt" }],
    ["write", { path: "new.txt", content: "x" }],
    ["write", { path: "new/deep/a.txt", content: "x" }],
    ["write", { path: "mine.txt", content: "x" }],
    ["write", { path: "locked/new.txt", content: "x" }],
    ["edit", { path: "mine.txt", oldText: "one", newText: "two" }],
    ["edit", { path: "secret.txt", oldText: "one", newText: "two" }],
    ["apply_patch", patch("*** Add File: new.txt", "+x")],
    ["apply_patch", patch("*** Update File: mine.txt", "@@", "-one", "+two")],
    ["apply_patch", patch("*** Delete File: locked/a.txt")],
  ] as const)("is told by %s that the system does not permit it, and nothing is changed: %j", async (name, input) => {
    using stage = closed();
    expect(await sayAs(stage, name, input)).toMatch(/^ToolFailure: The system does not permit this on /);
    expect(readdirSync(stage.directory).toSorted()).toEqual(["locked", "mine.txt", "secret.txt"]);
    expect(readdirSync(stage.join("locked"))).toEqual(["a.txt"]);
    for (const file of ["mine.txt", "secret.txt", "locked/a.txt"])
      expect(readFileSync(stage.join(file), "utf8")).toBe("one\n");
  });

  it("finds by grep and glob what it may see, and is told that there is more", async () => {
    using stage = closed();
    const found = await sayAs(stage, "grep", { pattern: "one" });
    expect(found).toContain("mine.txt\n1: one");
    expect(found).not.toContain("secret.txt");
    expect(found).toContain("could not be read");
    const listed = await sayAs(stage, "glob", { pattern: "**" });
    expect(listed).toContain("secret.txt");
    expect(listed).not.toContain("locked/a.txt");
    expect(listed).toContain("could not be read");
  });
});
