import { chmodSync, mkdirSync, truncateSync } from "node:fs";
import { homedir } from "node:os";

import { describe, expect, it, vi } from "vitest";

import { findRipgrep } from "../src/search/find-ripgrep.ts";
import { runRipgrep } from "../src/search/run-ripgrep.ts";
import { Denied, failureOf, Stage } from "./harness.ts";
import { filled, glob, grep, pathsOf } from "./search-calls.ts";

// Letters that are not ASCII, and a boundary of words, keep ripgrep from its fast engines: this takes it minutes.
const slow = `${"é".repeat(1_000)}\n`.repeat(3_000);
const slowPattern = String.raw`(?:\w\w?){250}\b[^\w\n]`;

describe("glob", () => {
  it("answers with the files that match, in order of path", async () => {
    using stage = filled();
    expect((await glob(stage, "*.ts")).paths).toEqual(["a.ts", "b.ts", "src/c.ts"]);
    expect((await glob(stage, "src/*")).paths).toEqual(["src/c.ts"]);
    expect((await glob(stage, "src/**")).paths).toEqual(["src/c.ts", "src/deep/d.md"]);
    expect((await glob(stage, "**/*.md", { path: "src" })).paths).toEqual(["src/deep/d.md"]);
    expect((await glob(stage, "*.log")).paths).toEqual([]);
    expect((await glob(stage, "*.ts", { hidden: true })).paths).toEqual([".hidden.ts", "a.ts", "b.ts", "src/c.ts"]);
    expect(await stage.show("glob", { pattern: "*.none" })).toBe("(There are no files that match.)");
  });

  it("is a search of the directory that its pattern names, and asks for that", async () => {
    using stage = filled();
    await glob(stage, "src/deep/*.md");
    await glob(stage, "deep/*.md", { path: "src" });
    await glob(stage, "*.md");
    expect(stage.asked).toEqual(["glob src/deep", "glob src/deep", "glob ."]);
    expect(await failureOf(glob(stage, "../*"))).toContain("climbs out");
    expect(await failureOf(glob(stage, "/etc/*"))).toContain("outside");
  });

  it("lists as many as it may", async () => {
    using stage = new Stage();
    for (let index = 0; index < 1_000; index++) stage.write(`file-${index}`, "");
    expect(await glob(stage, "*", { limit: 1_000 })).toMatchObject({ paths: { length: 1_000 }, truncated: false });
  });

  it("is bounded, and says so", async () => {
    using stage = new Stage();
    for (let index = 0; index < 300; index++) stage.write(`file-${String(index).padStart(3, "0")}`, "");
    const { paths, truncated } = await glob(stage, "*");
    expect({ count: paths.length, first: paths[0], last: paths.at(-1), truncated }).toEqual({
      count: 100,
      first: "file-000",
      last: "file-099",
      truncated: true,
    });
  });
});

describe("a search", () => {
  it("shows a name that holds a line end as one line", async () => {
    using stage = new Stage();
    stage.write("a\nb.ts", "needle\n");
    expect(await stage.show("glob", { pattern: "*.ts" })).toBe(String.raw`"a\nb.ts"`);
    expect(await stage.show("grep", { pattern: "needle" })).toBe(String.raw`"a\nb.ts"` + "\n1: needle");
  });

  it("reads nothing before it is allowed", async () => {
    using stage = filled();
    stage.rules = [{ action: "grep", resource: "src", effect: "allow" }];
    await expect(grep(stage, "needle", { path: "missing" })).rejects.toThrow(new Denied("grep on missing"));
    await expect(grep(stage, "a(", {})).rejects.toThrow(new Denied("grep on ."));
    await expect(glob(stage, "src/*")).rejects.toThrow(new Denied("glob on src"));
    expect(pathsOf(await grep(stage, "needle", { path: "src" }))).toHaveLength(2);
  });

  it("of the home directory or what holds it is refused, and of one below is not", async () => {
    using stage = new Stage();
    mkdirSync(stage.join("home"));
    mkdirSync(stage.join("home/me"));
    mkdirSync(stage.join("home/me/work"));
    vi.stubEnv("HOME", stage.join("home/me"));
    try {
      expect(homedir()).toBe(stage.join("home/me"));
      for (const path of [".", "home", "home/me"]) {
        expect(await failureOf(grep(stage, "x", { path }))).toContain("Name a directory below it");
        expect(await failureOf(glob(stage, "*", { path }))).toContain("Name a directory below it");
      }
      expect((await glob(stage, "home/me/work/*")).paths).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("that takes too long is ended, and answers with what it had found", async () => {
    // Time enough for ripgrep to begin on a machine that does much else.
    using stage = new Stage({ searchTimeoutMs: 2_500 });
    stage.write("large", `needle\n${slow}`);
    const pattern = `needle|${slowPattern}`;
    const startedAt = performance.now();
    const found = await grep(stage, pattern, { path: "large" });
    expect(found).toMatchObject({ timedOut: true, matches: [{ path: "large", line: 1, text: "needle" }] });
    expect(await grep(stage, pattern)).toMatchObject({ timedOut: true });
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(await stage.show("grep", { pattern, path: "large" })).toContain("1: needle\n\n(The search took too long");
  });

  it("of a file that nobody could read to its end is over at its first zero byte, and does not wait for its time to pass", async () => {
    using stage = new Stage();
    stage.write("endless", "a needle\n");
    // 4 TiB of nothing: it takes no place on the disk.
    truncateSync(stage.join("endless"), 2 ** 42);
    stage.write("text", "another needle\n");
    expect(await grep(stage, "needle", { path: "endless" })).toMatchObject({ timedOut: false, matches: [] });
    expect(await grep(stage, "needle")).toMatchObject({ timedOut: false, matches: [{ path: "text" }] });
  });

  it("that is aborted is ended, and passes the reason on", async () => {
    using stage = new Stage();
    stage.write("large", slow);
    const controller = new AbortController();
    const call = stage.run("grep", { pattern: slowPattern }, controller.signal);
    call.catch(() => undefined);
    const reason = new Error("the person stopped it");
    setTimeout(() => controller.abort(reason), 200);
    await expect(call).rejects.toBe(reason);
  });
});

describe("ripgrep", () => {
  it("that writes without end is ended at the limit, and so is one that writes nothing", async () => {
    using stage = new Stage();
    for (const script of ["while :; do echo record; done", "exec sleep 30"]) {
      stage.write("program", `#!/bin/sh\nexec 2>/dev/null\n${script}\n`);
      chmodSync(stage.join("program"), 0o755);
      let records = 0;
      const end = await runRipgrep({
        program: stage.join("program"),
        directory: stage.directory,
        args: [],
        separator: 0x0a,
        timeoutMs: 300,
        signal: new AbortController().signal,
        onRecord: () => (records += 1),
      });
      expect(end).toMatchObject({ timedOut: true, exitCode: null });
      expect(records > 0).toBe(script.includes("record"));
    }
  });

  it("is the packaged one, whatever PATH says", async () => {
    expect(await findRipgrep("")).toContain("ripgrep");
  });

  it("is PATH's where the package has none, and where that has none, how to get one is said", async () => {
    vi.resetModules();
    vi.doMock("@vscode/ripgrep", () => ({ rgPath: "/nowhere/rg" }));
    try {
      const found = await import("../src/search/find-ripgrep.ts");
      using stage = new Stage();
      expect(await failureOf(found.findRipgrep(stage.directory))).toContain('"npm install @vscode/ripgrep"');
      stage.write("rg", "#!/bin/sh\n");
      chmodSync(stage.join("rg"), 0o755);
      expect(await found.findRipgrep(stage.directory)).toBe(stage.join("rg"));
      expect(await failureOf(found.findRipgrep("."))).toContain("found neither");
    } finally {
      vi.doUnmock("@vscode/ripgrep");
      vi.resetModules();
    }
  });
});
