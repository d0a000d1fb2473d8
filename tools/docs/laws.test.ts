import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { root } from "../../scripts/run-step.ts";
import { laws } from "./laws.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

it.each(laws.flatMap(({ title, laws: own }) => own.map((law) => ({ title, ...law }))))(
  "$title: $holds: has a test by name, which is there",
  ({ provedBy }) => {
    expect(provedBy.length).toBeGreaterThan(0);
    for (const { file, title } of provedBy) expect(read(file)).toContain(title);
  },
);

const contract = "packages/testkit/src/store-contract";
const suite = readdirSync(join(root, contract))
  .map((file) => read(`${contract}/${file}`))
  .join("\n");
const numbered = [...read("packages/core/src/store/store.ts").matchAll(/^ \* (\d+)\. \*([^*]+)\*/gm)].map(
  ([, number, name]) => `law ${number} ${name}: `,
);

it("the contract of stores has its laws numbered from 1 without a gap", () => {
  expect(numbered.length).toBeGreaterThan(20);
  expect(numbered.map((law) => Number(law.split(" ")[1]))).toEqual(numbered.map((_, index) => index + 1));
});

it.each(numbered)("%s has a test of its name in the suite", (law) => {
  expect(suite).toContain(law);
});
