import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const folder = import.meta.dirname;
const guide = readFileSync(join(folder, "..", "..", "..", "..", "docs", "guides", "write-a-store.md"), "utf8");
const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && name !== "write-a-store.test.ts")
  .map((name) => readFileSync(join(folder, name), "utf8"));

/** The marked parts of the sources, without the indentation that all their lines share. */
const regions = sources.flatMap((source) =>
  [...source.matchAll(/^ *\/\/ #region (\w+)\n([\s\S]*?)^ *\/\/ #endregion \1$/gm)].map(([, , text = ""]) => {
    const lines = text.trimEnd().split("\n");
    const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
    return lines.map((line) => line.slice(Math.min(...indents))).join("\n");
  }),
);

describe("the guide to a store", () => {
  it("shows code that is run, and all of what is marked in it", () => {
    const shown = [...guide.matchAll(/^```ts\n([\s\S]*?)\n```$/gm)].map(([, block]) => block);
    expect(new Set(shown)).toEqual(new Set(regions));
    expect(shown.length).toBeGreaterThan(4);
  });

  it("needs nothing but published entries", () => {
    const published =
      /^(@holdfast\/core(\/(event|session|store))?|@holdfast\/testkit\/contract|vitest|node:\w+|\.\/[\w-]+\.ts)$/;
    const imported = sources.flatMap((source) => [...source.matchAll(/ from "([^"]+)";$/gm)].map(([, name]) => name));
    expect(imported.length).toBeGreaterThan(20);
    for (const name of imported) expect(name).toMatch(published);
  });

  it("is short", () => {
    expect(guide.replaceAll(/^```[\s\S]*?^```$/gm, "").split("\n").length).toBeLessThanOrEqual(150);
  });
});
