import { existsSync, readdirSync, readFileSync, statSync, chmodSync, symlinkSync, mkdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { nodeFileSystem } from "../src/index.ts";
import { Denied, failureOf, Stage } from "./harness.ts";

const envelope = (...lines: readonly string[]) => ({
  patch: ["*** Begin Patch", ...lines, "*** End Patch"].join("\n"),
});
const read = (stage: Stage, name: string) => readFileSync(stage.join(name), "utf8");

const full = async (): Promise<never> => {
  throw Object.assign(new Error("no space"), { code: "ENOSPC" });
};

const three = envelope(
  "*** Add File: sub/new.txt",
  "+new",
  "*** Update File: a.txt",
  "@@",
  "-one",
  "+1",
  "*** Delete File: gone.txt",
);

const setThree = (stage: Stage) => {
  stage.write("a.txt", "one\ntwo\n");
  stage.write("gone.txt", "gone\n");
};

describe("apply_patch", () => {
  it("adds, updates and deletes, and says so", async () => {
    using stage = new Stage();
    setThree(stage);
    expect(await stage.show("apply_patch", three)).toBe("Applied:\nA sub/new.txt\nM a.txt\nD gone.txt");
    expect(read(stage, "sub/new.txt")).toBe("new\n");
    expect(read(stage, "a.txt")).toBe("1\ntwo\n");
    expect(readdirSync(stage.directory)).toEqual(["a.txt", "sub"]);
  });

  it("asks for all files at once, before it looks at any", async () => {
    using stage = new Stage();
    setThree(stage);
    await stage.prepare("apply_patch", three);
    expect(stage.asked).toEqual(["edit sub/new.txt", "edit a.txt", "edit gone.txt"]);
    stage.rules = [];
    await expect(stage.prepare("apply_patch", three)).rejects.toThrow(Denied);
  });

  it("moves a file, changed or not, with its mode, and into new directories", async () => {
    using stage = new Stage();
    stage.write("run.sh", "one\n");
    chmodSync(stage.join("run.sh"), 0o750);
    stage.write("b.txt", "b\n");
    await stage.run(
      "apply_patch",
      envelope(
        "*** Update File: run.sh",
        "*** Move to: bin/run",
        "@@",
        "-one",
        "+1",
        "*** Update File: b.txt",
        "*** Move to: c.txt",
      ),
    );
    expect(read(stage, "bin/run")).toBe("1\n");
    expect(statSync(stage.join("bin/run")).mode & 0o777).toBe(0o750);
    expect(readdirSync(stage.directory)).toEqual(["bin", "c.txt"]);
  });

  it("keeps line ends and byte order mark of a file", async () => {
    using stage = new Stage();
    stage.write("a.txt", "\uFEFFone\r\ntwo\r\n");
    await stage.run("apply_patch", envelope("*** Update File: a.txt", "@@", " one", "-two", "+2", "+3"));
    expect(read(stage, "a.txt")).toBe("\uFEFFone\r\n2\r\n3\r\n");
  });

  it.each<[string, readonly string[], string]>([
    ["a form that is wrong", ["*** Rename File: a.txt"], "at line 2"],
    [
      "a later change that does not fit",
      ["*** Add File: new.txt", "+x", "*** Update File: a.txt", "@@", "-three", "+3"],
      "line 5",
    ],
    ["a change that fits twice", ["*** Update File: twice.txt", "@@", "-x", "+y"], "stands at lines 1, 2"],
    ["a new file that is there", ["*** Add File: a.txt", "+x"], "it is there already"],
    ["a move to what is there", ["*** Update File: a.txt", "*** Move to: gone.txt"], "it is there already"],
    ["an update of nothing", ["*** Update File: none.txt", "@@", "-x", "+y"], "There is nothing at none.txt"],
    ["a delete of a directory", ["*** Delete File: folder"], "is a directory"],
    ["one file twice", ["*** Delete File: a.txt", "*** Delete File: ./a.txt"], "twice"],
    [
      "a new file below another new file",
      ["*** Add File: new", "+x", "*** Add File: new/below", "+y"],
      "new/below is to be below new",
    ],
    [
      "a move below a new file",
      ["*** Add File: new", "+x", "*** Update File: a.txt", "*** Move to: new/a.txt"],
      "below",
    ],
    [
      "a change that changes nothing",
      ["*** Add File: new.txt", "+x", "*** Update File: a.txt", "@@", "-one", "+one"],
      "The change of a.txt changes nothing",
    ],
    ["a path that leads out", ["*** Add File: ../x", "+x"], "climbs out"],
    ["a link that leads out", ["*** Add File: out/x", "+x"], "leads out"],
    ["binary content", ["*** Update File: binary", "@@", "-x", "+y"], "is no text"],
  ])("writes nothing for a patch with %s", async (...[, lines, failure]) => {
    using stage = new Stage();
    using other = new Stage();
    setThree(stage);
    stage.write("twice.txt", "x\nx\n");
    stage.write("binary", "x\0\n");
    mkdirSync(stage.join("folder"));
    symlinkSync(other.directory, stage.join("out"));
    const before = readdirSync(stage.directory);
    expect(await failureOf(stage.run("apply_patch", envelope(...lines)))).toContain(failure);
    expect(readdirSync(stage.directory)).toEqual(before);
    expect(read(stage, "a.txt")).toBe("one\ntwo\n");
    expect(readdirSync(other.directory)).toEqual([]);
  });

  it("writes nothing where one of the files was changed after it was approved", async () => {
    using stage = new Stage();
    setThree(stage);
    const call = await stage.prepare("apply_patch", three);
    stage.write("gone.txt", "another\n");
    expect(await failureOf(call.execute())).toContain("Changed after this patch was prepared: gone.txt");
    expect(existsSync(stage.join("sub"))).toBe(false);
    expect(read(stage, "a.txt")).toBe("one\ntwo\n");
  });

  it.each<[string, readonly string[]]>([
    ["a file that is deleted", ["*** Delete File: gone.txt"]],
    ["the old name of a file that is moved", ["*** Update File: gone.txt", "*** Move to: moved.txt"]],
  ])("leaves %s where somebody wrote it while the files before it were written", async (_what, lines) => {
    let isFirst = true;
    const stage: Stage = new Stage({
      fileSystem: {
        ...nodeFileSystem,
        link: async (from, to) => {
          await nodeFileSystem.link(from, to);
          if (isFirst) stage.write("gone.txt", "somebody else's\n");
          isFirst = false;
        },
      },
    });
    using _stage = stage;
    setThree(stage);
    const failure = await failureOf(stage.run("apply_patch", envelope("*** Add File: new.txt", "+x", ...lines)));
    expect(failure).toContain("gone.txt was replaced by something else");
    expect(read(stage, "gone.txt")).toBe("somebody else's\n");
    expect(read(stage, "new.txt")).toBe("x\n");
  });

  it("writes nothing where it is stopped before the first file, and all of it where it is stopped after", async () => {
    const stop = new AbortController();
    const stage: Stage = new Stage({
      fileSystem: {
        ...nodeFileSystem,
        link: async (from, to) => {
          await nodeFileSystem.link(from, to);
          stop.abort(new Error("stopped"));
        },
      },
    });
    using _stage = stage;
    setThree(stage);
    const call = await stage.prepare("apply_patch", three, stop.signal);
    await call.execute();
    expect(read(stage, "a.txt")).toBe("1\ntwo\n");
    expect(existsSync(stage.join("gone.txt"))).toBe(false);
    await expect(stage.prepare("apply_patch", three, stop.signal)).rejects.toThrow("stopped");
  });

  it("says what is and what is not applied where writing fails between two files", async () => {
    using stage = new Stage({ fileSystem: { ...nodeFileSystem, rename: full } });
    setThree(stage);
    const failure = await failureOf(stage.run("apply_patch", three));
    expect(failure).toContain("Applied: sub/new.txt. Not applied: a.txt, gone.txt.");
    expect(failure).toContain("no space left");
    expect(read(stage, "a.txt")).toBe("one\ntwo\n");
    expect(readdirSync(stage.directory)).toEqual(["a.txt", "gone.txt", "sub"]);
  });
});
