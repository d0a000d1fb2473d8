import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { checkLinks } from "./links.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const check = (files: Readonly<Record<string, string>>): readonly string[] => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-links-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), content);
    }
    return checkLinks(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

it("every link of this repository's documents leads somewhere", () => {
  expect(checkLinks(root)).toEqual([]);
});

it.each([
  [
    "to a file, a folder, a heading here and one there",
    "[a](b.md) [b](docs) [c](#one-two) [d](b.md#t-x)\n\n# One: two\n",
  ],
  ["to the web", "[a](https://example.org/nothing)"],
  ["in code", "`[a](nowhere.md)`\n\n```md\n[a](nowhere.md)\n```\n"],
  ["whose text is code", "[`a()`](b.md)"],
  ["that quotes its target", '["holds what it says"](a.test.ts)'],
])("the check passes a link %s", (_name, text) => {
  const others = { "b.md": "# T, x\n", "docs/c.txt": "", "a.test.ts": 'it("holds what it says", () => {});\n' };
  expect(check({ "a.md": text, ...others })).toEqual([]);
});

it.each([
  ["a link leads nowhere", { "a.md": "[a](b.md)" }, "b.md leads nowhere"],
  ["a link in a folder leads nowhere", { "x/a.md": "[a](b.md)", "b.md": "" }, "b.md leads nowhere"],
  ["a link whose text is code leads nowhere", { "a.md": "[`a()`](b.md)" }, "b.md leads nowhere"],
  ["a heading is not there", { "a.md": "[a](b.md#two)", "b.md": "# One\n" }, "a heading that is not there"],
  [
    "a quoted test has another title",
    { "a.md": '["it holds"](a.ts)', "a.ts": 'it("it held")' },
    "does not hold what is quoted",
  ],
  ["nothing links to a document", { "README.md": "", "docs/a.md": "" }, "docs/a.md: nothing links to it"],
])("the check fails when %s", (_name, files, sentence) => {
  expect(check(files).join("\n")).toContain(sentence);
});
