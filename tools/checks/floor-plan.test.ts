import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { checkFloors } from "./floor-plan.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const check = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const directory = await mkdtemp(join(tmpdir(), "holdfast-floors-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), content);
    }
    return await checkFloors(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

it("this repository keeps its floor plan", async () => {
  expect(await checkFloors(root)).toEqual([]);
}, 60_000);

it.each([
  ["core imports node:fs", { "packages/core/src/a.ts": 'import "node:fs";\n' }, "core does no I/O"],
  [
    "runner imports a store",
    {
      "packages/runner/src/a.ts": 'import "../../store-sqlite/src/b.ts";\n',
      "packages/store-sqlite/src/b.ts": "export {};\n",
    },
    "runner may import only core",
  ],
  [
    "a store imports the runner",
    {
      "packages/store-sqlite/src/a.ts": 'import "../../runner/src/b.ts";\n',
      "packages/runner/src/b.ts": "export {};\n",
    },
    "store-sqlite may import only core",
  ],
  [
    "a tool group reaches into core past its exports",
    {
      "packages/tools-fs/src/a.ts": 'import "../../core/src/inner.ts";\n',
      "packages/core/src/inner.ts": "export {};\n",
      "packages/core/package.json": '{ "exports": { ".": "./src/index.ts" } }',
    },
    "through its exports",
  ],
  [
    "the SDK imports a value of core that is no error",
    {
      "packages/sdk/src/a.ts": 'import { b } from "../../core/src/index.ts";\nb();\n',
      "packages/core/src/index.ts": "export const b = () => {};\n",
      "packages/core/package.json": '{ "exports": { ".": "./src/index.ts" } }',
    },
    "the SDK takes types from core",
  ],
  [
    "the entry of the errors brings a schema along",
    {
      "packages/core/src/errors.ts": 'import "./errors/a.ts";\n',
      "packages/core/src/errors/a.ts": 'import "../b.ts";\n',
      "packages/core/src/b.ts": "export {};\n",
    },
    "must load nothing beside them",
  ],
  ["the SDK imports node:http", { "packages/sdk/src/a.ts": 'import "node:http";\n' }, "the SDK runs in browsers"],
  [
    "the AI SDK is imported outside runner/src/model",
    { "packages/runner/src/session/a.ts": 'import "ai";\n' },
    "ai may be imported only in",
  ],
  [
    "tapable is imported outside the hooks",
    { "packages/core/src/tool/a.ts": 'import "tapable";\n' },
    "tapable may be imported only in",
  ],
  [
    "two files import each other",
    { "packages/core/src/a.ts": 'import "./b.ts";\n', "packages/core/src/b.ts": 'import "./a.ts";\n' },
    "one thing",
  ],
  [
    "a package depends on testkit",
    { "packages/runner/package.json": '{ "dependencies": { "@holdfast/testkit": "*" } }' },
    "for tests alone",
  ],
])("the check fails when %s", async (_name, files, sentence) => {
  expect((await check(files)).join("\n")).toContain(sentence);
});
