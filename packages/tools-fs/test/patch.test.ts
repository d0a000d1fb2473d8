import { describe, expect, it } from "vitest";

import { applyHunks } from "../src/patch/apply-hunks.ts";
import { parsePatch } from "../src/patch/parse-patch.ts";

import type { FileChange, Hunk } from "../src/patch/file-change.ts";

const envelope = (...lines: readonly string[]) => ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");

const changesOf = (text: string): readonly FileChange[] => {
  const parsed = parsePatch(text);
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.reason}`);
  return parsed.changes;
};

const hunksOf = (...lines: readonly string[]): readonly Hunk[] => {
  const [change] = changesOf(envelope("*** Update File: a.txt", ...lines));
  return change?.kind === "update" ? change.hunks : [];
};

const applied = (text: string, ...lines: readonly string[]) => applyHunks(text, hunksOf(...lines));

describe("a patch", () => {
  it("adds, deletes, updates and moves files", () => {
    const text = envelope(
      "*** Add File: new.txt",
      "+one",
      "+",
      "*** Delete File: old.txt",
      "*** Update File: a.txt",
      "*** Move to: b.txt",
      "@@ heading",
      " kept",
      "-gone",
      "+come",
      "*** End of File",
    );
    expect(changesOf(text)).toEqual([
      { kind: "add", path: "new.txt", text: "one\n\n" },
      { kind: "delete", path: "old.txt" },
      {
        kind: "update",
        path: "a.txt",
        moveTo: "b.txt",
        hunks: [
          {
            line: 8,
            heading: "heading",
            atEnd: true,
            lines: [
              { kind: "keep", text: "kept" },
              { kind: "remove", text: "gone" },
              { kind: "add", text: "come" },
            ],
          },
        ],
      },
    ]);
  });

  it("may stand in white space, end its lines with carriage returns, and begin its first change without a mark", () => {
    const text = `\n${envelope("*** Update File: a.txt", "-gone", "+come").replaceAll("\n", "\r\n")}\r\n \n`;
    expect(changesOf(text)).toMatchObject([{ hunks: [{ lines: [{ text: "gone" }, { text: "come" }] }] }]);
  });

  it("takes an empty line among lines of context as an empty one of the file", () => {
    expect(hunksOf("@@", " a", "", "-b", "+c")[0]?.lines).toContainEqual({ kind: "keep", text: "" });
    expect(hunksOf("@@", "-b", "+c", "", "@@", "-d", "+e")).toHaveLength(2);
  });

  it("of a file that is only moved has no changes", () => {
    expect(changesOf(envelope("*** Update File: a.txt", "*** Move to: b.txt"))).toMatchObject([
      { moveTo: "b.txt", hunks: [] },
    ]);
  });

  it.each<[string, string, number]>([
    ["nothing", "", 1],
    ["text before it", `Here it is:\n${envelope("*** Delete File: a")}`, 1],
    ["text after it", `${envelope("*** Delete File: a")}\nDone.`, 4],
    ["no end", "*** Begin Patch\n*** Delete File: a", 3],
    ["no file", envelope(), 2],
    ["an unknown section", envelope("*** Rename File: a"), 2],
    ["a new file's line without a plus", envelope("*** Add File: a", "one"), 3],
    ["an update without a change", envelope("*** Update File: a"), 3],
    ["a change that changes nothing", envelope("*** Update File: a", "@@", " kept"), 5],
    ["a line of no kind in a change", envelope("*** Update File: a", "@@", "-gone", "+come", "*huh"), 6],
    ["a section without a path", envelope("*** Delete File: "), 2],
    ["a delete with lines", envelope("*** Delete File: a", "-gone"), 3],
  ])("with %s is refused, with the number of the first line that is wrong", (_, text, line) => {
    expect(parsePatch(text)).toMatchObject({ ok: false, line });
  });

  it("of a million empty lines is read in a moment", () => {
    const text = envelope("*** Update File: a", "@@", "-gone", "\n".repeat(1_000_000), "+come");
    expect(changesOf(text)).toHaveLength(1);
  });
});

describe("a change", () => {
  const file = "one\ntwo\nthree\nfour\nfive\n";

  it.each<[string, readonly string[], string]>([
    ["in the middle", ["@@", " two", "-three", "+3", " four"], "one\ntwo\n3\nfour\nfive\n"],
    ["of the first line", ["@@", "-one", "+1"], "1\ntwo\nthree\nfour\nfive\n"],
    ["of the last line", ["@@", "-five", "+5", "*** End of File"], "one\ntwo\nthree\nfour\n5\n"],
    ["below a heading", ["@@ two", "+two and a half"], "one\ntwo\ntwo and a half\nthree\nfour\nfive\n"],
    ["at the end", ["@@", "+six"], "one\ntwo\nthree\nfour\nfive\nsix\n"],
    ["after another", ["@@", "-one", "+1", "@@", "-five", "+5"], "1\ntwo\nthree\nfour\n5\n"],
    ["that removes", ["@@", "-two", "-three"], "one\nfour\nfive\n"],
  ])("%s is made where it belongs", (_, lines, text) => {
    expect(applied(file, ...lines)).toEqual({ ok: true, text });
  });

  it.each<[string, string, readonly string[], string]>([
    ["spaces at the ends of lines", "a  \nb\n", ["@@", " a", "-b", "+c"], "a  \nc\n"],
    ["indentation", "\ta\n\tb\n", ["@@", " a", "-b", "+c"], "\ta\nc\n"],
    ["typographic punctuation", "“a” – b…\n", ["@@", '-"a" - b...', "+c"], "c\n"],
  ])("is found in spite of %s, and what it keeps stays the file's", (...[, text, lines, result]) => {
    expect(applied(text, ...lines)).toEqual({ ok: true, text: result });
  });

  it("prefers the place that fits exactly", () => {
    expect(applied(" a\na\n", "@@", "-a", "+b")).toEqual({ ok: true, text: " a\nb\n" });
  });

  it.each<[string, string, readonly string[], object]>([
    ["that fits nowhere", "a\n", ["@@", "-b", "+c"], { reason: "missing", wanted: ["b"], line: 3 }],
    ["that fits in several places", "a\na\n", ["@@", "-a", "+b"], { reason: "ambiguous", places: [1, 2] }],
    ["whose heading is not there", "a\n", ["@@ b", "-a", "+c"], { reason: "heading-missing", wanted: ["b"] }],
    [
      "that stands before the one before it",
      "a\nb\n",
      ["@@", "-b", "+2", "@@", "-a", "+1"],
      { reason: "missing", line: 6 },
    ],
    ["that is not at the end", "a\nb\n", ["@@", "-a", "+c", "*** End of File"], { reason: "missing" }],
  ])("%s is refused with what was looked for", (...[, text, lines, refusal]) => {
    expect(applied(text, ...lines)).toMatchObject({ ok: false, ...refusal });
  });

  it("is found among equal lines in a moment, however many", () => {
    const many = "a\n".repeat(200_000);
    const lines = Array.from({ length: 5_000 }, () => " a");
    expect(applied(many, "@@", ...lines, "-b", "+c")).toMatchObject({ ok: false, reason: "missing" });
  });
});
