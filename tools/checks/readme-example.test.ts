import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { checkReadmeExample, shownExamples } from "./readme-example.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const check = (files: Readonly<Record<string, string>>): readonly string[] => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-readme-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), content);
    }
    return checkReadmeExample(directory, { example: main, readme: "README.md" });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const main = "examples/embed/src/main.ts";
const source = "import a;\n\n// #region readme\nconst a = 1;\n\nuse(a);\n// #endregion readme\nend();\n";
const shown = "# Title\n\n```ts\nother();\n```\n\n```ts\nconst a = 1;\n\nuse(a);\n```\n";

it.each(shownExamples)("$readme shows the example that is run", (shown) => {
  expect(checkReadmeExample(root, shown)).toEqual([]);
});

it("the check passes a README that shows the example beside other code", () => {
  expect(check({ [main]: source, "README.md": shown })).toEqual([]);
});

it.each([
  [
    "the README shows an older example",
    { [main]: source, "README.md": shown.replace("a = 1", "a = 2") },
    "copy it over",
  ],
  ["the README shows half of it", { [main]: source, "README.md": shown.replace("\nuse(a);", "") }, "copy it over"],
  [
    "the README shows it in another language's block",
    { [main]: source, "README.md": shown.replaceAll("```ts", "```sh") },
    "copy it over",
  ],
  ["the example has no such part", { [main]: "const a = 1;\n", "README.md": shown }, "#region readme"],
  ["there is no README", { [main]: source }, "README.md is not there"],
])("the check fails when %s", (_name, files, sentence) => {
  expect(check(files).join("\n")).toContain(sentence);
});
