import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { createServer } from "node:net";

import { describe, expect, it } from "vitest";

import { Denied, failureOf, Stage } from "./harness.ts";
import { edit, inputs, outside } from "./path-calls.ts";

import type { JsonObject } from "@holdfast/core";
import type { FsToolName } from "../src/index.ts";

const search = (name: "grep" | "glob", path: string): [FsToolName, JsonObject] => [name, inputs[name](path)];

describe.each(["read", "write", "edit", "apply_patch", "grep", "glob", "bash"] as const)("%s", (name) => {
  const call = (path: string): [FsToolName, JsonObject] => [name, inputs[name](path)];

  it.each(["..", "../x", "a/../../x", "./../../etc/passwd", "a/b/../../../x"])(
    "refuses %s, which climbs out, before anybody is asked",
    async (path) => {
      using stage = new Stage();
      expect(await failureOf(stage.run(...call(path)))).toContain("a relative path that climbs out");
      expect(stage.asked).toEqual([]);
    },
  );

  it("refuses an absolute path outside, and one that only begins like the Location", async () => {
    using stage = new Stage();
    expect(await failureOf(stage.run(...call("/etc/passwd")))).toContain("an absolute path outside");
    expect(await failureOf(stage.run(...call(`${stage.directory}-other/x`)))).toContain("an absolute path outside");
  });

  it("refuses a link that leads out", async () => {
    using stage = new Stage();
    using other = outside();
    symlinkSync(other.file, stage.join("link.txt"));
    symlinkSync(other.path, stage.join("folder"));
    expect(await failureOf(stage.run(...call("link.txt")))).toContain("symbolic link");
    expect(await failureOf(stage.run(...call("folder/secret.txt")))).toContain("symbolic link");
    expect(readFileSync(other.file, "utf8")).toBe("secret\n");
  });

  it("refuses a chain of links that leads out, and one that goes in a circle", async () => {
    using stage = new Stage();
    using other = outside();
    symlinkSync(other.file, stage.join("third"));
    symlinkSync("third", stage.join("second"));
    symlinkSync("second", stage.join("first"));
    symlinkSync("round", stage.join("about"));
    symlinkSync("about", stage.join("round"));
    expect(await failureOf(stage.run(...call("first")))).toContain("leads out");
    expect(await failureOf(stage.run(...call("round")))).toContain("circle");
  });

  it("refuses a NUL in a path", async () => {
    using stage = new Stage();
    expect(await failureOf(stage.run(...call("a\0b")))).toContain("NUL");
  });

  it("refuses a name that no file system takes", async () => {
    using stage = new Stage();
    expect(await failureOf(stage.run(...call("x".repeat(300))))).toContain("too long");
    await expect(stage.run(...call(`${"x/".repeat(2_100)}y`))).rejects.toThrow();
  });

  it("refuses a pipe, a socket and a device, without waiting for them", async () => {
    using stage = new Stage();
    execFileSync("mkfifo", [stage.join("pipe")]);
    const server = createServer().listen(stage.join("socket"));
    await once(server, "listening");
    try {
      expect(await failureOf(stage.run(...call("pipe")))).toContain("a device, a pipe or a socket");
      expect(await failureOf(stage.run(...call("socket")))).toContain("a device, a pipe or a socket");
    } finally {
      server.close();
    }
  });

  const isRoot = process.getuid?.() === 0;
  const title = `refuses a device file of the Location's own${isRoot ? "" : " (not run: only root can make one)"}`;
  it.runIf(isRoot)(title, async () => {
    using stage = new Stage();
    execFileSync("mknod", [stage.join("zero"), "c", "1", "5"]);
    expect(await failureOf(stage.run(...call("zero")))).toContain("a device, a pipe or a socket");
  });
});

it.each(["read", "edit", "apply_patch", "bash"] as const)("%s says when nothing is there", async (name) => {
  using stage = new Stage();
  const failure = await failureOf(stage.run(name, inputs[name]("none.txt")));
  expect(failure).toContain("There is nothing at none.txt");
});

describe("a denied call", () => {
  it("tells the same whether the file is there, is not, or leads elsewhere", async () => {
    using stage = new Stage();
    using other = outside();
    stage.write("there.txt", "secret\n");
    symlinkSync(other.file, stage.join("link.txt"));
    stage.rules = [];
    for (const path of ["there.txt", "missing.txt", "link.txt"]) {
      await expect(stage.run("read", { path })).rejects.toThrow(new Denied(`read on ${path}`));
      await expect(stage.run("edit", edit(path))).rejects.toThrow(new Denied(`edit on ${path}`));
      await expect(stage.run(...search("grep", path))).rejects.toThrow(new Denied(`grep on ${path}`));
      await expect(stage.run(...search("glob", path))).rejects.toThrow(new Denied(`glob on ${path}`));
    }
  });

  it("does not tell whether the text of an edit matches", async () => {
    using stage = new Stage();
    stage.write("a.txt", "secret\n");
    stage.rules = [];
    for (const oldText of ["secret", "something else"])
      await expect(stage.run("edit", { path: "a.txt", oldText, newText: "x" })).rejects.toThrow(Denied);
  });

  it("is denied through a link too", async () => {
    using stage = new Stage();
    stage.write("secret.txt", "secret\n");
    symlinkSync("secret.txt", stage.join("link.txt"));
    stage.rules = [
      { action: "*", resource: "*", effect: "allow" },
      { action: "*", resource: "secret.txt", effect: "deny" },
    ];
    await expect(stage.run("read", { path: "link.txt" })).rejects.toThrow(new Denied("read on secret.txt"));
    await expect(stage.run("edit", edit("link.txt"))).rejects.toThrow(new Denied("edit on secret.txt"));
  });
});

describe("permission", () => {
  it("is asked for the path inside the Location, however it was spelled", async () => {
    using stage = new Stage();
    mkdirSync(stage.join("src"));
    stage.write("src/a.ts", "a\n");
    for (const path of ["src/a.ts", "./src//x/../a.ts", stage.join("src/a.ts"), "src/a.ts/"])
      await stage.run("read", { path });
    await stage.run("read", { path: "." });
    expect(stage.asked).toEqual([...Array.from({ length: 4 }, () => "read src/a.ts"), "read ."]);
  });

  it("is asked for each command of a text, then for the files that it redirects", async () => {
    using stage = new Stage();
    await stage.run("bash", { command: "true && echo a > a; echo b; cat < a" });
    expect(stage.asked).toEqual(["bash echo a", "bash echo b", "bash cat", "edit a", "read a"]);
  });

  it("of one command of a text is needed for the whole of it", async () => {
    using stage = new Stage();
    stage.rules = [
      { action: "bash", resource: "echo *", effect: "allow" },
      { action: "edit", resource: "allowed/*", effect: "allow" },
    ];
    for (const command of ["echo a; touch made", "echo a > made", "echo $(touch made)"]) {
      await expect(stage.run("bash", { command })).rejects.toThrow(Denied);
      expect(existsSync(stage.join("made"))).toBe(false);
    }
  });
});

describe("what is exchanged between approval and use", () => {
  it("is refused where a file became another one", async () => {
    using stage = new Stage();
    stage.write("a.txt", "secret\n");
    stage.write("b.txt", "secret\n");
    const calls = [await stage.prepare("read", { path: "a.txt" }), await stage.prepare("edit", edit("a.txt"))];
    renameSync(stage.join("b.txt"), stage.join("a.txt"));
    for (const call of calls) expect(await failureOf(call.execute())).toContain("replaced by something else");
  });

  it("is refused where a file or a directory above it became a link", async () => {
    using stage = new Stage();
    using other = outside();
    mkdirSync(stage.join("folder"));
    stage.write("folder/secret.txt", "secret\n");
    const path = "folder/secret.txt";
    const calls = [
      await stage.prepare("read", { path }),
      await stage.prepare("edit", edit(path)),
      await stage.prepare("bash", { command: "cat secret.txt", workdir: "folder" }),
    ];
    rmSync(stage.join("folder"), { recursive: true });
    symlinkSync(other.path, stage.join("folder"));
    for (const call of calls) expect(await failureOf(call.execute())).toContain("leads out");
    unlinkSync(stage.join("folder"));
    for (const call of calls) expect(await failureOf(call.execute())).toContain("nothing at");
    expect(readFileSync(other.file, "utf8")).toBe("secret\n");
  });

  it("is refused where a file became a pipe", async () => {
    using stage = new Stage();
    stage.write("a.txt", "secret\n");
    const call = await stage.prepare("read", { path: "a.txt" });
    unlinkSync(stage.join("a.txt"));
    execFileSync("mkfifo", [stage.join("a.txt")]);
    expect(await failureOf(call.execute())).toContain("a device, a pipe or a socket");
  });
});
