import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createMemoryStore } from "@holdfast/testkit";
import { createCrash, withCrash } from "@holdfast/testkit/contract";
import { afterEach, describe, expect, it, vi } from "vitest";

import { storeCases } from "../src/store-contract/describe-store.ts";
import { collectCases, it as addFact, itIsNotRun } from "../src/store-contract/kit-case.ts";
import { StoreKitReport } from "../src/store-kit-report.ts";
import { memorySubject } from "./memory-subject.ts";

import type { StoreKitReportFile } from "@holdfast/testkit/contract";

const sources = join(import.meta.dirname, "..", "src", "store-contract");
const contract = join(import.meta.dirname, "..", "..", "core", "src", "store", "store.ts");

/** The laws as the contract lists them, such as `5 fenced`. */
const listed = [...readFileSync(contract, "utf8").matchAll(/^ \* (\d+)\. \*([^*]+)\*:/gm)].map(
  ([, number, name]) => `${number} ${name}`,
);

const nothing = () => undefined;

const cases = storeCases(memorySubject);
const reads = { report: (file: string) => JSON.parse(readFileSync(file, "utf8")) as StoreKitReportFile };

afterEach(() => void vi.unstubAllEnvs());

describe("the suite of stores", () => {
  it("proves every law that the contract lists, and no other", () => {
    expect(listed.length).toBeGreaterThanOrEqual(20);
    expect([...new Set(cases.flatMap(({ law }) => law ?? []))].toSorted()).toEqual(listed.toSorted());
    for (const law of listed) expect(cases.filter((proof) => proof.law === law).length).toBeGreaterThan(0);
  });

  it("has no two facts of one name", () => {
    const names = cases.map(({ law, title }) => `${law} ${title}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("adds its facts to the kit, and none to vitest behind its back", () => {
    const files = readdirSync(sources).filter((name) => name !== "describe-store.ts");
    const astray = files.filter((name) =>
      /import \{[^}]*\b(it|test|describe)\b[^}]*\} from "vitest"/.test(readFileSync(join(sources, name), "utf8")),
    );
    expect(astray).toEqual([]);
  });

  it("says why each fact is not run that the subject cannot show", () => {
    const skipped = cases.filter(({ notRun }) => notRun !== undefined);
    const reasons = new Set(skipped.map(({ notRun }) => notRun));
    for (const reason of Object.values(memorySubject.notRun ?? {})) expect(reasons).toContain(reason);
    expect(reasons).toContain("the subject is not durable");
    expect(reasons).toContain("the subject cannot be open twice");
  });

  it("leaves out a law that the subject declares with a reason, and refuses a name that it does not know", () => {
    const without = storeCases({ ...memorySubject, notRun: { pruned: "it keeps everything" } });
    const pruned = without.filter(({ law }) => law === "19 pruned");
    expect(pruned.length).toBeGreaterThan(0);
    expect(new Set(pruned.map(({ notRun }) => notRun))).toEqual(new Set(["it keeps everything"]));
    expect(() => storeCases({ ...memorySubject, notRun: { prunned: "a slip" } })).toThrow('found "prunned"');
  });
});

describe("a report", () => {
  const made = collectCases(() => {
    addFact("law 1 gapless: holds", () => undefined);
    addFact("law 2 sealed: does not", () => expect(1).toBe(2));
    addFact.each([[1, "one"]])("counts %i as %s", () => undefined);
    addFact("law 3 atomic: is not selected", () => undefined);
    itIsNotRun("law 19 pruned: is left out", "it keeps everything");
  });

  const runAll = async (): Promise<StoreKitReport> => {
    const report = new StoreKitReport("My Store (v2)", made);
    for (const proof of made.slice(0, 3)) await report.run(proof).catch(() => undefined);
    return report;
  };

  it("says of each fact whether it passed, failed or was not run, and why", async () => {
    const { kit, store, laws } = (await runAll()).toFile();
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8")) as object;
    expect({ version: kit }).toEqual({ version: Reflect.get(manifest, "version") as string });
    expect(store).toBe("My Store (v2)");
    expect(laws).toEqual([
      { law: "1 gapless", title: "holds", status: "passed" },
      { law: "2 sealed", title: "does not", status: "failed", reason: expect.stringContaining("expected 1") as string },
      { law: null, title: "counts 1 as one", status: "passed" },
      { law: "3 atomic", title: "is not selected", status: "not-run", reason: "It was not selected." },
      { law: "19 pruned", title: "is left out", status: "not-run", reason: "it keeps everything" },
    ]);
  });

  it("passes on what a fact throws", async () => {
    const report = new StoreKitReport("store", made);
    await expect(report.run(made[1]!)).rejects.toThrow("expected 1");
  });

  it("is written to the file that is asked for, or to one of the store's name in the directory of the environment", async () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-report-"));
    try {
      const report = await runAll();
      vi.stubEnv("HOLDFAST_STORE_REPORT", "");
      report.write(undefined);
      expect(readdirSync(folder)).toEqual([]);
      report.write(join(folder, "new", "report.json"));
      vi.stubEnv("HOLDFAST_STORE_REPORT", folder);
      report.write(undefined);
      expect(readdirSync(folder).toSorted()).toEqual(["my-store-v2-.json", "new"]);
      for (const file of ["my-store-v2-.json", "new/report.json"]) {
        expect(reads.report(join(folder, file))).toEqual(report.toFile());
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("a crash", () => {
  it("happens at its place after it was armed, and everything after it fails until it ends", () => {
    const copies: number[] = [];
    const crash = createCrash(2, () => copies.push(1));
    crash.reach("before it is armed");
    crash.arm();
    crash.reach("one");
    expect(crash.place).toBeNull();
    for (const point of ["two", "three"]) expect(() => crash.reach(point)).toThrow("the process ended at two");
    expect([crash.place, copies]).toEqual(["two", [1]]);
    crash.end();
    crash.reach("four");
  });

  it("is reached before and after each write of a store, and not by what reads", async () => {
    const reached: string[] = [];
    const reach = (point: string) => reached.push(point);
    await using store = withCrash(createMemoryStore(), { place: null, arm: nothing, end: nothing, reach });
    await store.retire("own_a" as never);
    await store.head("ses_a" as never);
    store.watch("ses_a" as never, () => undefined)[Symbol.dispose]();
    expect(reached).toEqual(["before retire", "after retire"]);
  });
});
