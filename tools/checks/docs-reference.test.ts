import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { referencePages } from "../docs/reference.ts";
import { checkDocsReference } from "./docs-reference.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const check = (change: (content: string, file: string) => string | undefined): readonly string[] => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-reference-"));
  try {
    for (const { file, content } of referencePages()) {
      const changed = change(content, file);
      if (changed === undefined) continue;
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), changed);
    }
    return checkDocsReference(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

it("this repository's reference is what the code gives", () => {
  expect(checkDocsReference(root)).toEqual([]);
});

it("the check passes what is as the code gives it", () => {
  expect(check((content) => content)).toEqual([]);
});

it.each([
  ["a code is missing", "errors", (content: string) => content.replace(/\| `store\.busy`.*\n/, "")],
  ["a status differs", "errors", (content: string) => content.replace("| 410 |", "| 404 |")],
  [
    "there is a code that the catalogue does not know",
    "errors",
    (content: string) => `${content}| \`a.b\` | A | 1 | no |\n`,
  ],
  [
    "an event is missing",
    "events",
    (content: string) => content.replace(/## tool\.begun[\s\S]*?(?=## tool\.settled)/, ""),
  ],
  [
    "a field's shape differs",
    "events",
    (content: string) => content.replace("| `attempt` | integer from 1 |", "| `attempt` | string |"),
  ],
  ["a page is not there", "events", () => undefined],
])("the check fails when %s", (_name, page, change) => {
  const findings = check((content, file) => (file.includes(page) ? change(content) : content));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain(`docs/reference/${page}.md`);
});
