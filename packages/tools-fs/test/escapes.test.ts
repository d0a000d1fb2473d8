import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { Denied, failureOf, Stage } from "./harness.ts";
import { edit, inputs, outside } from "./path-calls.ts";

import type { JsonObject } from "@holdfast/core";
import type { FsToolName } from "../src/index.ts";

describe.each(["read", "write", "edit", "apply_patch", "grep", "glob", "bash"] as const)(
  "%s, by the system's own names",
  (name) => {
    const call = (path: string): [FsToolName, JsonObject] => [name, inputs[name](path)];

    it.each([
      "/proc/self/root/etc/passwd",
      "/proc/self/environ",
      "/dev/zero",
      "/dev/stdin",
      "/dev/tty",
      "//etc/passwd",
      "/",
    ])("refuses %s, before anybody is asked", async (path) => {
      using stage = new Stage();
      expect(await failureOf(stage.run(...call(path)))).toContain("an absolute path outside");
      expect(stage.asked).toEqual([]);
    });

    it.runIf(process.platform === "linux")(
      "refuses what /proc leads to by way of a link, also back to where it came from",
      async () => {
        using stage = new Stage();
        using other = outside();
        symlinkSync("/proc/self/root", stage.join("root"));
        symlinkSync("/proc/self/cwd", stage.join("cwd"));
        symlinkSync("/proc/self/fd", stage.join("descriptors"));
        symlinkSync("/dev/zero", stage.join("zero"));
        for (const path of ["root", `root${other.file}`, "cwd", "descriptors", "zero"])
          expect(await failureOf(stage.run(...call(path)))).toContain("leads out");
      },
    );

    it("refuses what is below a chain of directories that lead to each other, and out", async () => {
      using stage = new Stage();
      using other = outside();
      mkdirSync(stage.join("a"));
      symlinkSync("../b", stage.join("a/up"));
      symlinkSync("a/out", stage.join("b"));
      symlinkSync(other.path, stage.join("a/out"));
      expect(await failureOf(stage.run(...call("a/up/secret.txt")))).toContain("leads out");
      expect(readFileSync(other.file, "utf8")).toBe("secret\n");
    });

    it("takes names in another case for other names, where the system does, and never as a way out", async () => {
      using stage = new Stage();
      mkdirSync(stage.join("Sub"));
      stage.write("Sub/secret.txt", "secret\n");
      stage.rules = [
        { action: "*", resource: "*", effect: "allow" },
        { action: "*", resource: "Sub", effect: "deny" },
        { action: "*", resource: "Sub/*", effect: "deny" },
      ];
      const isFolding = existsSync(stage.join("SUB"));
      for (const path of ["SUB", "sub/secret.txt", "SUB/SECRET.TXT"]) {
        const error: unknown = await stage.run(...call(path)).catch((reason: unknown) => reason);
        // A system that folds case leads them to the denied names, and they are asked for as these.
        if (isFolding) expect(error).toBeInstanceOf(Denied);
        expect(readFileSync(stage.join("Sub/secret.txt"), "utf8")).toBe("secret\n");
      }
    });
  },
);

const added = (path: string) => ({ patch: `*** Begin Patch\n*** Add File: ${path}\n+public\n*** End Patch` });
const moved = (from: string, to: string) => ({
  patch: `*** Begin Patch\n*** Update File: ${from}\n*** Move to: ${to}\n@@\n-secret\n+public\n*** End Patch`,
});
const swapped = () => {
  const stage = new Stage();
  mkdirSync(stage.join("sub"));
  stage.write("sub/secret.txt", "secret\n");
  stage.write("top.txt", "secret\n");
  return stage;
};

describe("a parent that is exchanged between approval and use", () => {
  const calls: readonly (readonly [string, FsToolName, JsonObject])[] = [
    ["a write of a new file", "write", { path: "sub/new.txt", content: "public" }],
    ["a write below new directories", "write", { path: "sub/deep/er/new.txt", content: "public" }],
    ["a write of a file that is there", "write", { path: "sub/secret.txt", content: "public" }],
    ["an edit", "edit", edit("sub/secret.txt")],
    ["a patch that adds", "apply_patch", added("sub/new.txt")],
    ["a patch that adds below new directories", "apply_patch", added("sub/deep/new.txt")],
    ["a patch that updates", "apply_patch", inputs.apply_patch("sub/secret.txt")],
    ["a patch that moves into it", "apply_patch", moved("top.txt", "sub/new.txt")],
    ["a patch that moves out of it", "apply_patch", moved("sub/secret.txt", "new.txt")],
    ["a read", "read", { path: "sub/secret.txt" }],
    ["a search", "grep", { pattern: "secret", path: "sub" }],
    ["a search for files", "glob", { pattern: "*", path: "sub" }],
    ["a command", "bash", { command: "cat secret.txt > copy.txt", workdir: "sub" }],
  ];
  it.each(calls)("refuses %s where it became a link that leads out", async (_what, name, input) => {
    using stage = swapped();
    using other = outside();
    const call = await stage.prepare(name, input);
    renameSync(stage.join("sub"), stage.join("sub.old"));
    symlinkSync(other.path, stage.join("sub"));
    expect(await failureOf(call.execute())).not.toBe("");
    expect(readdirSync(other.path)).toEqual(["secret.txt"]);
    expect(readFileSync(other.file, "utf8")).toBe("secret\n");
    expect(readFileSync(stage.join("top.txt"), "utf8")).toBe("secret\n");
  });

  it.each(calls)("refuses %s where it became another directory", async (_what, name, input) => {
    using stage = swapped();
    const call = await stage.prepare(name, input);
    renameSync(stage.join("sub"), stage.join("sub.old"));
    mkdirSync(stage.join("sub"));
    stage.write("sub/secret.txt", "secret\n");
    expect(await failureOf(call.execute())).not.toBe("");
    expect(readdirSync(stage.join("sub"))).toEqual(["secret.txt"]);
    expect(readFileSync(stage.join("sub/secret.txt"), "utf8")).toBe("secret\n");
  });
});

describe("a hard link to a file outside", () => {
  it.each([
    ["write", { path: "link.txt", content: "public" }],
    ["edit", edit("link.txt")],
    ["apply_patch", inputs.apply_patch("link.txt")],
  ] as const)("is ended by %s: the file outside stays as it was", async (name, input) => {
    using stage = new Stage();
    using other = outside();
    linkSync(other.file, stage.join("link.txt"));
    await stage.run(name, input);
    expect(readFileSync(other.file, "utf8")).toBe("secret\n");
    expect(readFileSync(stage.join("link.txt"), "utf8")).toContain("public");
  });
});
