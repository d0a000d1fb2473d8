import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync } from "node:fs";

import { describe, expect, it, vi } from "vitest";

import { failureOf, Stage } from "./harness.ts";
import { filled, glob, grep, pathsOf } from "./search-calls.ts";

describe("grep", () => {
  it("answers with the lines that match, in order of path and line", async () => {
    using stage = filled();
    stage.write("a.ts", "needle 1\nno\nneedle 3\r\n");
    expect(await grep(stage, "needle")).toEqual({
      matches: [
        { path: "a.ts", line: 1, text: "needle 1" },
        { path: "a.ts", line: 3, text: "needle 3" },
        { path: "b.ts", line: 2, text: "needle in b.ts" },
        { path: "src/c.ts", line: 2, text: "needle in src/c.ts" },
        { path: "src/deep/d.md", line: 2, text: "needle in src/deep/d.md" },
      ],
      truncated: false,
      timedOut: false,
      incomplete: false,
    });
    expect(await stage.show("grep", { pattern: "needle", path: "src" })).toBe(
      "src/c.ts\n2: needle in src/c.ts\n\nsrc/deep/d.md\n2: needle in src/deep/d.md",
    );
    expect(await stage.show("grep", { pattern: "nowhere" })).toBe("(There are no matching lines.)");
  });

  it("leaves out what an ignore file names and what is hidden, also where a pattern of names matches it", async () => {
    using stage = filled();
    expect(pathsOf(await grep(stage, "needle", { include: "*.ts" }))).toEqual(["a.ts", "b.ts", "src/c.ts"]);
    expect(pathsOf(await grep(stage, "needle", { include: "src/**/*.{md,log}" }))).toEqual(["src/deep/d.md"]);
    expect(pathsOf(await grep(stage, "needle", { include: "*.log" }))).toEqual([]);
  });

  it("searches hidden files where it is asked to, but not .git", async () => {
    using stage = filled();
    expect(pathsOf(await grep(stage, "needle", { hidden: true, include: "*.ts" }))).toEqual([
      ".hidden.ts",
      "a.ts",
      "b.ts",
      "src/c.ts",
    ]);
  });

  it("searches one file, also one that an ignore file names", async () => {
    using stage = filled();
    expect(pathsOf(await grep(stage, "needle", { path: "x.log" }))).toEqual(["x.log"]);
  });

  it("takes a pattern as text, and lower for upper case, where it is told to", async () => {
    using stage = new Stage();
    stage.write("a.txt", "a.b(c\naxb\nNEEDLE\n");
    expect((await grep(stage, "a.b(c", { literal: true })).matches).toEqual([
      { path: "a.txt", line: 1, text: "a.b(c" },
    ]);
    expect((await grep(stage, "needle", { ignoreCase: true })).matches).toHaveLength(1);
    expect((await grep(stage, "NEEDLE$|--pre=x")).matches).toHaveLength(1);
  });

  it("follows no link, and reads no configuration", async () => {
    using stage = filled();
    using other = filled();
    symlinkSync(other.directory, stage.join("link"));
    symlinkSync("/dev/zero", stage.join("endless"));
    execFileSync("mkfifo", [stage.join("pipe")]);
    stage.write("rc", "--files-with-matches\n");
    vi.stubEnv("RIPGREP_CONFIG_PATH", stage.join("rc"));
    try {
      const { matches, timedOut } = await grep(stage, "needle", { include: "*" });
      expect(matches.map(({ path }) => path)).toEqual(["a.ts", "b.ts", "src/c.ts", "src/deep/d.md"]);
      expect(timedOut).toBe(false);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each(["a(", "[z-a]", "(?<=a)b", "a\nb", "(\\w{1000}){1000}"])(
    "explains the pattern %j, which is none",
    async (pattern) => {
      using stage = filled();
      const failure = await failureOf(grep(stage, pattern));
      expect(failure).toContain("cannot be searched for");
      expect(failure).toContain("literal");
    },
  );

  it("explains a pattern of paths that is none, before anybody is asked", async () => {
    using stage = filled();
    expect(await failureOf(grep(stage, "x", { include: "{a" }))).toContain("not closed");
    expect(await failureOf(glob(stage, "[a"))).toContain("not closed");
    expect(stage.asked).toEqual([]);
  });

  it("is bounded in lines, in the length of a line and in bytes, and says so", async () => {
    using stage = new Stage();
    for (const name of ["c", "b", "a"]) stage.write(name, "needle\n".repeat(500));
    stage.write("long", `${"x".repeat(1_000_000)}needle\n${"é".repeat(2_000)}needle\n`.repeat(200));
    const few = await grep(stage, "needle", { limit: 3 });
    expect(few.matches.map(({ path, line }) => `${path}:${line}`)).toEqual(["a:1", "a:2", "a:3"]);
    expect(few.truncated).toBe(true);
    const long = await grep(stage, "needle", { path: "long", limit: 1_000 });
    expect(long.truncated).toBe(true);
    for (const { text } of long.matches) expect(text.length).toBeLessThan(1_100);
    expect(Buffer.byteLength(await stage.show("grep", { pattern: "needle", path: "long", limit: 1_000 }))).toBeLessThan(
      51_200,
    );
    expect((await stage.show("grep", { pattern: "needle", limit: 1_000 })).split("\n").length).toBeLessThan(2_000);
    expect(await stage.show("grep", { pattern: "needle", limit: 3 })).toContain(
      "These are the first 3 matching lines; there are more",
    );
  });

  it("shows text of any encoding and names of any kind as text", async () => {
    using stage = new Stage();
    stage.write("utf16", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("needle ä\n", "utf16le")]));
    stage.write("latin", Buffer.from([0x6e, 0x65, 0x65, 0x64, 0x6c, 0x65, 0x20, 0xe4, 0x0a]));
    stage.write("binary", "\0\0needle\n");
    stage.write("a\nb", "needle\n");
    const { matches } = await grep(stage, "needle");
    expect(matches.map(({ text }) => text)).toEqual(expect.arrayContaining(["needle ä", "needle \uFFFD"]));
    const paths = matches.map(({ path }) => path);
    expect(paths).toContain("a\nb");
    expect(paths).not.toContain("binary");
  });

  it("names nothing twice and nothing wrong where a name holds a line end", async () => {
    using stage = new Stage();
    stage.write("a\n5:x", "needle\n");
    expect((await grep(stage, "needle")).matches).toEqual([{ path: "a\n5:x", line: 1, text: "needle" }]);
  });

  const isRoot = process.getuid?.() === 0;
  const title = `says that a file could not be read${isRoot ? " (not run: root reads every file)" : ""}`;
  it.skipIf(isRoot)(title, async () => {
    using stage = filled();
    chmodSync(stage.join("a.ts"), 0);
    expect(await grep(stage, "needle", { include: "*.ts" })).toMatchObject({ incomplete: true });
  });
});
