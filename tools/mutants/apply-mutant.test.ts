import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { root } from "../../scripts/run-step.ts";
import { applyMutant } from "./apply-mutant.ts";
import { mutants } from "./mutants.ts";

it.each(mutants)("the mutant '$name' finds what it changes, once", (mutant) => {
  for (const file of new Set(mutant.edits.map((edit) => edit.file))) {
    const source = readFileSync(join(root, file), "utf8");
    expect(applyMutant(mutant, file, source)).not.toBe(source);
  }
});

it("the twelve that break a promise and look right are there by their names", () => {
  expect(mutants.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "promote twice",
      "settle after a fence",
      "lost wake",
      "execute before begun",
      "ask inside execute",
      "double terminal",
      "retry after durable output into the same message",
      "ask answered twice",
      "fence unchecked on one path",
      "steer past the cutoff",
      "claim given up before its terminal event other than at rest or dispose",
      "execution completed with input pending",
    ]),
  );
});

it("a mutant whose text is gone, or is there twice, says so and is not run", () => {
  const mutant = {
    name: "m",
    edits: [{ file: "a.ts", find: "x", replace: "y" }],
    caughtBy: { file: "a.test.ts", title: "t" },
  };
  expect(() => applyMutant(mutant, "a.ts", "z")).toThrow(
    'mutant "m": expected its text once in a.ts, found it 0 times',
  );
  expect(() => applyMutant(mutant, "a.ts", "x x")).toThrow("found it 2 times");
  expect(applyMutant(mutant, "b.ts", "x")).toBeNull();
});
