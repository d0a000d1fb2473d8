import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { nodeFileSystem } from "../src/index.ts";
import { Denied, failureOf, Stage } from "./harness.ts";

const refuse = async (): Promise<never> => {
  throw Object.assign(new Error("not supported"), { code: "ENOTSUP" });
};

const read = (stage: Stage, name: string) => readFileSync(stage.join(name), "utf8");

describe("write of a new file", () => {
  it("makes it with the directories above it, readable by everybody, and leaves nothing else", async () => {
    using stage = new Stage();
    expect(await stage.show("write", { path: "a/b/new.txt", content: "one\n" })).toBe(
      "Created a/b/new.txt with 4 bytes.",
    );
    expect(read(stage, "a/b/new.txt")).toBe("one\n");
    expect(statSync(stage.join("a/b/new.txt")).mode & 0o777).toBe(0o644);
    expect(readdirSync(stage.join("a/b"))).toEqual(["new.txt"]);
  });

  it("leaves nothing where a file system without second names is full in the middle of it", async () => {
    const left: string[] = [];
    const stage: Stage = new Stage({
      fileSystem: {
        ...nodeFileSystem,
        link: refuse,
        createFile: async (path, file) => {
          left.push(...readdirSync(stage.directory));
          if (!path.endsWith("new.txt")) return nodeFileSystem.createFile(path, file);
          await nodeFileSystem.createFile(path, { ...file, content: Buffer.from("on") });
          throw Object.assign(new Error("no space"), { code: "ENOSPC" });
        },
      },
    });
    using _stage = stage;
    expect(await failureOf(stage.run("write", { path: "new.txt", content: "one\n" }))).toContain("no space left");
    expect(readdirSync(stage.directory)).toEqual([]);
    // Nor did the temporary file take any of its room.
    expect(left).toEqual([]);
  });

  it("leaves alone what appeared in its place after it was approved", async () => {
    using stage = new Stage();
    const call = await stage.prepare("write", { path: "new.txt", content: "mine\n" });
    stage.write("new.txt", "theirs\n");
    expect(await failureOf(call.execute())).toContain("was replaced by something else");
    expect(read(stage, "new.txt")).toBe("theirs\n");
  });

  it("leaves alone what appears in its place at the last moment", async () => {
    const stage: Stage = new Stage({
      fileSystem: {
        ...nodeFileSystem,
        link: async (from, to) => {
          stage.write("new.txt", "theirs\n");
          await nodeFileSystem.link(from, to);
        },
      },
    });
    using _stage = stage;
    expect(await failureOf(stage.run("write", { path: "new.txt", content: "mine\n" }))).toContain("by now");
    expect(read(stage, "new.txt")).toBe("theirs\n");
    expect(readdirSync(stage.directory)).toEqual(["new.txt"]);
  });

  it("is made where the file system knows no second names", async () => {
    using stage = new Stage({ fileSystem: { ...nodeFileSystem, link: refuse } });
    await stage.run("write", { path: "new.txt", content: "one\n" });
    expect(read(stage, "new.txt")).toBe("one\n");
    expect(readdirSync(stage.directory)).toEqual(["new.txt"]);
  });

  it("refuses a place below a file", async () => {
    using stage = new Stage();
    stage.write("a.txt", "one\n");
    expect(await failureOf(stage.run("write", { path: "a.txt/b", content: "x" }))).toContain("a.txt");
    expect(read(stage, "a.txt")).toBe("one\n");
  });

  it("refuses a parent that was exchanged for a link after it was approved", async () => {
    using stage = new Stage();
    using other = new Stage();
    const call = await stage.prepare("write", { path: "sub/new.txt", content: "x" });
    symlinkSync(other.directory, stage.join("sub"));
    expect(await failureOf(call.execute())).not.toBe("");
    expect(readdirSync(other.directory)).toEqual([]);
  });
});

describe("write of a file that is there", () => {
  it("replaces all of it, shows a diff, and keeps its mode", async () => {
    using stage = new Stage();
    stage.write("run.sh", "old\n");
    chmodSync(stage.join("run.sh"), 0o750);
    expect(await stage.show("write", { path: "run.sh", content: "new\n" })).toContain("-old\n+new");
    expect(read(stage, "run.sh")).toBe("new\n");
    expect(statSync(stage.join("run.sh")).mode & 0o777).toBe(0o750);
  });

  it.each([
    ["a file with a mark, a content without", "\uFEFFold", "new", "\uFEFFnew"],
    ["a file with a mark, a content with one", "\uFEFFold", "\uFEFFnew", "\uFEFFnew"],
    ["a file without, a content with a mark", "old", "\uFEFFnew", "\uFEFFnew"],
  ])("keeps one byte order mark: %s", async (...[, before, content, after]) => {
    using stage = new Stage();
    stage.write("a.txt", before);
    await stage.run("write", { path: "a.txt", content });
    expect(read(stage, "a.txt")).toBe(after);
  });

  it("refuses one that was changed after it was approved", async () => {
    using stage = new Stage();
    stage.write("a.txt", "old\n");
    const call = await stage.prepare("write", { path: "a.txt", content: "mine\n" });
    stage.write("a.txt", "theirs\n");
    expect(await failureOf(call.execute())).toContain("was changed after");
    expect(read(stage, "a.txt")).toBe("theirs\n");
  });

  it("refuses a directory, and half a character", async () => {
    using stage = new Stage();
    mkdirSync(stage.join("sub"));
    expect(await failureOf(stage.run("write", { path: "sub", content: "x" }))).toContain("is a directory");
    expect(await failureOf(stage.run("write", { path: "a.txt", content: "\uD83D" }))).toContain("half of a character");
  });
});

it("a write that is denied makes nothing and looks at nothing", async () => {
  using stage = new Stage();
  stage.rules = [];
  for (const path of ["new.txt", "a/b.txt"])
    await expect(stage.run("write", { path, content: "x" })).rejects.toThrow(new Denied(`edit on ${path}`));
  expect(existsSync(stage.join("a"))).toBe(false);
});
