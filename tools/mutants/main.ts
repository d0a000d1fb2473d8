// `pnpm mutants [NAME …]`: shows that each named mutant of the source is caught by the test that is named for it.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root } from "../../scripts/run-step.ts";
import { mutants } from "./mutants.ts";

import type { Mutant } from "./mutant.ts";

interface Report {
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const limitMs = 120_000;

/** How the named test came out: of the sources as they are, or of a mutant. */
const outcomeOf = async ({ caughtBy }: Mutant, mutant: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-mutant-"));
  const report = join(folder, "report.json");
  try {
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    // A title is a pattern to vitest.
    const title = `${caughtBy.title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
    const config = join(root, "tools/mutants/vitest.config.ts");
    const child = spawn(
      process.execPath,
      [vitest, "run", caughtBy.file, "-t", title, "--config", config, "--reporter=json", `--outputFile=${report}`],
      { cwd: root, env: { ...process.env, HOLDFAST_MUTANT: mutant }, stdio: "ignore", timeout: limitMs },
    );
    await once(child, "close");
    const { testResults } = JSON.parse(await readFile(report, "utf8")) as Report;
    const broken = testResults.find(({ message, assertionResults }) => assertionResults.length === 0 && message !== "");
    if (broken !== undefined) return `not loaded: ${broken.message?.slice(0, 300) ?? ""}`;
    const found = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ fullName }) => fullName.endsWith(caughtBy.title));
    if (found.length === 0) return "not found";
    // Where a suite runs over several bodies, one of them is enough.
    return found.some(({ status }) => status === "failed") ? "failed" : (found[0]?.status ?? "not found");
  } catch (error) {
    return `without a report: ${String(error)}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !mutants.some((mutant) => mutant.name === name));
if (unknown.length > 0) {
  process.stderr.write(`expected names among:\n${mutants.map(({ name }) => `  ${name}`).join("\n")}\n`);
  process.exit(2);
}

let survivors = 0;
for (const mutant of mutants) {
  if (asked.length > 0 && !asked.includes(mutant.name)) continue;
  // A test that fails of itself proves nothing.
  const [sound, mutated] = [await outcomeOf(mutant, ""), await outcomeOf(mutant, mutant.name)];
  const caught = sound === "passed" && mutated === "failed";
  if (!caught) survivors += 1;
  process.stdout.write(`${caught ? "caught  " : "SURVIVED"} ${mutant.name}\n`);
  if (!caught) process.stdout.write(`  the test "${mutant.caughtBy.title}": ${sound} without it, ${mutated} with it\n`);
}
process.stdout.write(`${survivors} survived\n`);
process.exitCode = survivors === 0 ? 0 : 1;
