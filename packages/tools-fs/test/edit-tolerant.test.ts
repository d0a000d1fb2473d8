import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { failureOf, Stage } from "./harness.ts";

const read = (stage: Stage, name: string) => readFileSync(stage.join(name), "utf8");

describe("an edit whose text differs in white space alone", () => {
  const cases: readonly (readonly [string, string, string, string, string])[] = [
    ["spaces at the ends of lines", "a  \nb\n", "a\nb", "c\nd", "c\nd\n"],
    ["more indentation", "if x:\n    a\n      b\n", "a\n  b", "c\n  d\n\n  e", "if x:\n    c\n      d\n\n      e\n"],
    ["less indentation", "a\n  b\n", "    a\n      b", "    c\n      d", "c\n  d\n"],
    ["tabs for spaces", "\ta\n\tb\n", "  a\n  b", "  c\n    d", "\tc\n\t  d\n"],
    ["a last line end", "x\n  a\n  b\n", "a\nb\n", "c\nd\n", "x\n  c\n  d\n"],
    ["Windows line ends", "  a\r\n  b\r\n", "a\nb", "c\nd", "  c\r\n  d\r\n"],
    ["lines that go", "x\n  a\n  b\ny\n", "a\nb\n", "", "x\ny\n"],
  ];

  it.each(cases)(
    "is made in spite of %s, and indented as the file is",
    async (...[, before, oldText, newText, after]) => {
      using stage = new Stage();
      stage.write("a.txt", before);
      expect(await stage.run("edit", { path: "a.txt", oldText, newText })).toMatchObject({ isExact: false });
      expect(read(stage, "a.txt")).toBe(after);
    },
  );

  it.each([
    ["fits in two places", "  a\nx\n    a\n", "\ta", "2 places"],
    ["is indented unevenly", "  a\n   b\n", "a\nb", "does not stand"],
    ["is a part of a line", "foo  bar\n", "foo bar", "does not stand"],
    ["is nothing but white space", "a\n\t\n", "    ", "does not stand"],
  ])("that %s changes nothing", async (...[, before, oldText, failure]) => {
    using stage = new Stage();
    stage.write("a.txt", before);
    expect(await failureOf(stage.run("edit", { path: "a.txt", oldText, newText: "z" }))).toContain(failure);
    expect(read(stage, "a.txt")).toBe(before);
  });
});
