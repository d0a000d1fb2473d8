import { mkdirSync, openSync, closeSync, ftruncateSync, readFileSync, symlinkSync, writeSync } from "node:fs";

import { boundText } from "@holdfast/core/tool";
import { describe, expect, it } from "vitest";

import { failureOf, Stage } from "./harness.ts";

const numbered = (count: number, prefix = "line") =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}\n`).join("");

describe("read of a text file", () => {
  it("answers with the text, and nothing else where it fits", async () => {
    using stage = new Stage();
    stage.write("a.txt", "one\ntwo\n");
    expect(await stage.show("read", { path: "a.txt" })).toBe("one\ntwo");
    expect(await stage.run("read", { path: "a.txt" })).toEqual({
      type: "text",
      path: "a.txt",
      offset: 1,
      lines: 2,
      text: "one\ntwo",
    });
  });

  it("says where the next page begins, until the last", async () => {
    using stage = new Stage();
    stage.write("a.txt", numbered(5));
    const page = (offset: number) => stage.show("read", { path: "a.txt", offset, limit: 2 });
    expect(await page(1)).toBe("line 1\nline 2\n\n(Lines 1 to 2; go on with offset 3.)");
    expect(await page(3)).toBe("line 3\nline 4\n\n(Lines 3 to 4; go on with offset 5.)");
    expect(await page(5)).toBe("line 5\n\n(Lines 5 to 5, the end of the file.)");
    expect(await page(4)).toBe("line 4\nline 5\n\n(Lines 4 to 5, the end of the file.)");
  });

  it.each([
    ["many lines", numbered(10_000)],
    ["long lines", numbered(3_000, "y".repeat(1_500))],
    ["lines of wide characters", numbered(3_000, "€".repeat(1_990))],
    ["lines longer than are shown", numbered(3_000, "😀".repeat(1_500))],
  ])("gives pages of %s that a runtime does not bound again, and that join without a gap", async (_name, content) => {
    using stage = new Stage();
    stage.write("a.txt", content);
    const seen: number[] = [];
    let next: number | undefined = 1;
    for (let pages = 0; next !== undefined && pages < 12; pages++) {
      const output: { next?: number; lines: number } = await stage.run("read", { path: "a.txt", offset: next });
      const shown = await stage.show("read", { path: "a.txt", offset: next });
      expect(boundText(shown, "x").whole).toBe(true);
      expect(output.lines).toBeGreaterThan(0);
      for (let line = 0; line < output.lines; line++) seen.push(next + line);
      next = output.next;
    }
    expect(seen).toEqual(seen.map((_, index) => index + 1));
  });

  it("cuts a line of more than 2,000 characters, and never in the middle of one", async () => {
    using stage = new Stage();
    stage.write("a.txt", `${"x".repeat(2_000)}\r\n${"x".repeat(2_001)}\n${"x".repeat(1_999)}😀\nlast`);
    const { text } = await stage.run<{ text: string }>("read", { path: "a.txt" });
    expect(text.split("\n")).toEqual([
      "x".repeat(2_000),
      `${"x".repeat(2_000)} … (the line has 2001 characters and is cut here; offset 2 with lineOffset 2000 shows the rest)`,
      `${"x".repeat(1_999)} … (the line has 2001 characters and is cut here; offset 3 with lineOffset 1999 shows the rest)`,
      "last",
    ]);
  });

  it("shows lines without their ends, and without a byte order mark", async () => {
    using stage = new Stage();
    stage.write("a.txt", "\uFEFFone\r\ntwo\r\n\r\nfour");
    expect(await stage.show("read", { path: "a.txt" })).toBe("one\ntwo\n\nfour");
  });

  it("takes offset 1 of an empty file, and refuses any other that is beyond the end", async () => {
    using stage = new Stage();
    stage.write("empty.txt", "");
    stage.write("a.txt", numbered(3));
    expect(await stage.show("read", { path: "empty.txt" })).toBe("(The file is empty.)");
    expect(await failureOf(stage.run("read", { path: "empty.txt", offset: 2 }))).toContain("at most 0");
    expect(await failureOf(stage.run("read", { path: "a.txt", offset: 4 }))).toContain("at most 3");
    await expect(stage.run("read", { path: "a.txt", offset: 0 })).rejects.toThrow();
  });

  it("refuses what is no text", async () => {
    using stage = new Stage();
    stage.write("nul.bin", "text\0text");
    stage.write("latin.txt", Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a]));
    stage.write("cut.txt", Buffer.from("€").subarray(0, 2));
    for (const path of ["nul.bin", "latin.txt", "cut.txt"])
      expect(await failureOf(stage.run("read", { path }))).toContain("is no text");
  });

  it("reads UTF-16 of either byte order by its mark, page by page", async () => {
    using stage = new Stage();
    const little = Buffer.from(`\uFEFF${"€😀\r\n".repeat(20_000)}end`, "utf16le");
    stage.write("little.txt", little);
    stage.write("big.txt", Buffer.from(little).swap16());
    for (const path of ["little.txt", "big.txt"]) {
      expect(await stage.show("read", { path, limit: 2 })).toBe("€😀\n€😀\n\n(Lines 1 to 2; go on with offset 3.)");
      expect(await stage.show("read", { path, offset: 20_000 })).toContain("€😀\nend\n");
    }
    stage.write("lone.txt", Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00]));
    expect(await failureOf(stage.run("read", { path: "lone.txt" }))).toContain("is no text");
  });

  it.each([
    ["a PDF document", Buffer.from("%PDF-1.7\n\xe2\xe3\n", "latin1")],
    ["an SQLite database", Buffer.from("SQLite format 3\0", "latin1")],
  ])("says of what is no text that it seems to be %s", async (kind, content) => {
    using stage = new Stage();
    stage.write("a.bin", content);
    expect(await failureOf(stage.run("read", { path: "a.bin" }))).toContain(`seems to be ${kind}`);
  });

  it("leaves a file in UTF-16 as it is, whichever tool would change it", async () => {
    using stage = new Stage();
    const content = Buffer.from("\uFEFFone\n", "utf16le");
    stage.write("a.txt", content);
    const patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+two\n*** End Patch";
    expect(await failureOf(stage.run("write", { path: "a.txt", content: "two" }))).toContain("UTF-16");
    expect(await failureOf(stage.run("edit", { path: "a.txt", oldText: "one", newText: "two" }))).toContain("UTF-16");
    expect(await failureOf(stage.run("apply_patch", { patch }))).toContain("UTF-16");
    expect(readFileSync(stage.join("a.txt"))).toEqual(content);
  });

  it("reads characters that lie across two chunks", async () => {
    using stage = new Stage();
    const line = `${"€".repeat(100)}\n`;
    stage.write("a.txt", line.repeat(1_000));
    const { text } = await stage.run<{ text: string }>("read", { path: "a.txt", offset: 900 });
    expect(text).toBe(line.repeat(101).trimEnd());
  });

  it("reads the beginning of a file of 4 GB at once, and its memory stays small", async () => {
    using stage = new Stage();
    stage.write("huge.txt", numbered(10_000));
    const file = openSync(stage.join("huge.txt"), "r+");
    ftruncateSync(file, 4 * 1024 ** 3);
    closeSync(file);
    const startedAt = performance.now();
    expect(await stage.run("read", { path: "huge.txt" })).toMatchObject({ next: 1_999 });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it("keeps a line of 64 MB out of memory", async () => {
    using stage = new Stage();
    const file = openSync(stage.join("wide.txt"), "w");
    for (let part = 0; part < 64; part++) writeSync(file, Buffer.alloc(1024 * 1024, "x"));
    writeSync(file, "\nafter\n");
    closeSync(file);
    const before = process.memoryUsage().rss;
    expect(await stage.show("read", { path: "wide.txt", offset: 2 })).toContain("after");
    expect(await stage.show("read", { path: "wide.txt" })).toContain("67108864 characters");
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * 1024 * 1024);
  });
});

describe("read of a directory", () => {
  it("lists directories first, then files, and does not follow links", async () => {
    using stage = new Stage();
    for (const name of ["zoo", "animals"]) mkdirSync(stage.join(name));
    for (const name of ["b.txt", "a.txt"]) stage.write(name, "");
    symlinkSync("/etc", stage.join("link"));
    stage.write("two\nlines", "");
    expect(await stage.show("read", { path: "." })).toBe('animals/\nzoo/\na.txt\nb.txt\nlink@\n"two\\nlines"');
  });

  it("comes in pages", async () => {
    using stage = new Stage();
    for (let index = 0; index < 5; index++) stage.write(`${index}.txt`, "");
    expect(await stage.show("read", { path: ".", limit: 2 })).toBe(
      "0.txt\n1.txt\n\n(Entries 1 to 2; go on with offset 3.)",
    );
    expect(await stage.show("read", { path: ".", offset: 5 })).toBe("4.txt\n\n(Entries 5 to 5, the last.)");
    expect(await failureOf(stage.run("read", { path: ".", offset: 6 }))).toContain("at most 5");
  });

  it("says when it is empty", async () => {
    using stage = new Stage();
    expect(await stage.show("read", { path: "." })).toBe("(The directory is empty.)");
  });

  it("stays below what a runtime bounds, with long names", async () => {
    using stage = new Stage();
    for (let index = 0; index < 400; index++) stage.write(`${"n".repeat(200)}${index}`, "");
    expect(boundText(await stage.show("read", { path: "." }), "x").whole).toBe(true);
  });
});

it("a read and a search may be repeated by recovery, a change is looked at, and a command is neither", () => {
  using stage = new Stage();
  expect([...stage.tools.values()].map(({ name, replay }) => [name, replay])).toEqual([
    ["read", "safe"],
    ["write", "probe"],
    ["edit", "probe"],
    ["apply_patch", "probe"],
    ["glob", "safe"],
    ["grep", "safe"],
    ["bash", "never"],
  ]);
});

it("a host may offer only some of the tools", () => {
  using stage = new Stage({ tools: ["read"] });
  expect([...stage.tools.keys()]).toEqual(["read"]);
});
