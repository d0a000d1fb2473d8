import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { StoreCase } from "./store-contract/kit-case.ts";

/** What came of one fact of the suite. */
export interface StoreKitResult {
  /** Such as `5 fenced`; null for what the contract says of a method beside its laws. */
  readonly law: string | null;
  readonly title: string;
  readonly status: "passed" | "failed" | "not-run";
  /** Why it failed, or was not run. */
  readonly reason?: string;
}

/** Which laws a store passes, for who decides whether to use it. */
export interface StoreKitReportFile {
  /** Version of the kit that ran. */
  readonly kit: string;
  readonly store: string;
  readonly laws: readonly StoreKitResult[];
}

/** The environment variable with the directory for reports. */
const variable = "HOLDFAST_STORE_REPORT";

/** Keeps what comes of a suite's cases, and writes it down when asked. */
export class StoreKitReport {
  readonly #store: string;
  readonly #cases: readonly StoreCase[];
  readonly #results = new Map<StoreCase, StoreKitResult>();

  constructor(store: string, cases: readonly StoreCase[]) {
    this.#store = store;
    this.#cases = cases;
  }

  /** Runs a case, and passes on what it throws. */
  async run(proof: StoreCase): Promise<void> {
    const { law, title } = proof;
    // One that never ends is stopped by the runner, which does not say so to us.
    this.#results.set(proof, { law, title, status: "failed", reason: "It did not end in its time." });
    try {
      await proof.run();
      this.#results.set(proof, { law, title, status: "passed" });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#results.set(proof, { law, title, status: "failed", reason });
      throw error;
    }
  }

  /** What came of each case by now. */
  toFile(): StoreKitReportFile {
    const laws = this.#cases.map((proof): StoreKitResult => {
      const { law, title, notRun = "It was not selected." } = proof;
      return this.#results.get(proof) ?? { law, title, status: "not-run", reason: notRun };
    });
    return { kit: kitVersion(), store: this.#store, laws };
  }

  /** Writes the report to a file, or to one of the store's name in the directory of `HOLDFAST_STORE_REPORT`, or nowhere. */
  write(file: string | undefined): void {
    writeReport(this.toFile(), { name: this.#store, to: file, variable });
  }
}

/** Writes a report to a file, or to one of a name in the directory of an environment variable, or nowhere. */
export const writeReport = (
  report: object,
  { name, to, variable }: { readonly name: string; readonly to: string | undefined; readonly variable: string },
): void => {
  const directory = process.env[variable] ?? "";
  const path = to ?? (directory === "" ? undefined : join(directory, `${slugOf(name)}.json`));
  if (path === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
};

const slugOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** From the package's manifest, which is above the sources and above what is built of them. */
const kitVersion = (): string => {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
  }
  return "unknown";
};
