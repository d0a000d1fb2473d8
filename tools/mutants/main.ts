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
// One run waits for its start half of the time.
const runsAtOnce = 2;

/** How tests of one file came out, by title: of the sources as they are, or of a mutant. */
const outcomesOf = async (
  file: string,
  titles: readonly string[],
  mutant: string,
): Promise<ReadonlyMap<string, string>> => {
  const all = (outcome: string): ReadonlyMap<string, string> => new Map(titles.map((title) => [title, outcome]));
  const folder = await mkdtemp(join(tmpdir(), "holdfast-mutant-"));
  const report = join(folder, "report.json");
  try {
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    // A title is a pattern to vitest.
    const pattern = `(${titles.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})$`;
    const config = join(root, "tools/mutants/vitest.config.ts");
    const child = spawn(
      process.execPath,
      [vitest, "run", file, "-t", pattern, "--config", config, "--reporter=json", `--outputFile=${report}`],
      { cwd: root, env: { ...process.env, HOLDFAST_MUTANT: mutant }, stdio: "ignore", timeout: limitMs },
    );
    await once(child, "close");
    const { testResults } = JSON.parse(await readFile(report, "utf8")) as Report;
    const broken = testResults.find(({ message, assertionResults }) => assertionResults.length === 0 && message !== "");
    if (broken !== undefined) return all(`not loaded: ${broken.message?.slice(0, 300) ?? ""}`);
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    return new Map(titles.map((title) => [title, outcomeOf(results.filter((one) => one.fullName.endsWith(title)))]));
  } catch (error) {
    return all(`without a report: ${String(error)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Where a suite runs over several bodies, one of them is enough. */
const outcomeOf = (found: readonly { readonly status: string }[]): string =>
  found.some(({ status }) => status === "failed") ? "failed" : (found[0]?.status ?? "not found");

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !mutants.some((mutant) => mutant.name === name));
if (unknown.length > 0) {
  process.stderr.write(`expected names among:\n${mutants.map(({ name }) => `  ${name}`).join("\n")}\n`);
  process.exit(2);
}

const chosen = mutants.filter(({ name }) => asked.length === 0 || asked.includes(name));
// A test that fails of itself proves nothing: those of a file are run together, without a mutant.
const files = Map.groupBy(chosen, ({ caughtBy }) => caughtBy.file);
const sound = new Map<string, Promise<ReadonlyMap<string, string>>>();

let survivors = 0;
const judge = async ({ name, caughtBy: { file, title } }: Mutant): Promise<void> => {
  const titles = [...new Set(files.get(file)?.map(({ caughtBy }) => caughtBy.title))];
  const unchanged = sound.get(file) ?? outcomesOf(file, titles, "");
  sound.set(file, unchanged);
  const without = (await unchanged).get(title);
  const mutated = (await outcomesOf(file, [title], name)).get(title);
  const caught = without === "passed" && mutated === "failed";
  if (!caught) survivors += 1;
  process.stdout.write(`${caught ? "caught  " : "SURVIVED"} ${name}\n`);
  if (!caught) process.stdout.write(`  the test "${title}": ${without} without it, ${mutated} with it\n`);
};

const left = [...chosen];
const work = async (): Promise<void> => {
  for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) await judge(mutant);
};
await Promise.all(Array.from({ length: runsAtOnce }, work));
process.stdout.write(`${survivors} survived\n`);
process.exitCode = survivors === 0 ? 0 : 1;
