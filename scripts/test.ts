// `npm test`: the check, every test, the examples, and the short tortures. The last line says how many passed and failed.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { command, runStep } from "./run-step.ts";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

// How a suite says which laws do not apply to its subject, and why.
const declared = "(not run: ";

let passed = 0;
let failed = 0;

const stage = async (name: string, step: () => Promise<readonly string[]>): Promise<void> => {
  if (await runStep(name, step)) passed += 1;
  else failed += 1;
};

const tests = async (): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-test-"));
  const report = join(folder, "report.json");
  const findings = await command("vitest", "run", "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`)();
  try {
    const found = JSON.parse(await readFile(report, "utf8")) as VitestReport;
    const skipped = found.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status !== "passed" && status !== "failed")
      .map(({ fullName }) => fullName);
    const silent = skipped.filter((name) => !name.includes(declared));
    process.stdout.write(
      `       ${found.numPassedTests} tests passed, ${found.numFailedTests} failed, ${skipped.length} not run for a declared reason\n`,
    );
    passed += found.numPassedTests;
    failed += found.numFailedTests;
    // A skipped test proves nothing, and may say nothing either.
    return [...findings, ...silent.map((name) => `skipped without a reason: ${name}`)];
  } catch (error) {
    return [...findings, `the tests' report could not be read: ${String(error)}`];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

await stage("check", command(process.execPath, "scripts/check.ts"));
await stage("tests", tests);
await stage("mutants", command(process.execPath, "tools/mutants/main.ts"));
await stage("example: embed", command(process.execPath, "examples/embed/src/main.ts"));
await stage("example: serve", command(process.execPath, "examples/serve/src/main.ts"));
await stage("example: inspect", command(process.execPath, "examples/inspect/src/main.ts"));
await stage("example: watch", command(process.execPath, "examples/watch/src/main.ts"));
await stage("example: third-party plugin, from tarballs", command(process.execPath, "scripts/third-party.ts"));
await stage("example: first light", command(process.execPath, "examples/first-light/src/main.ts"));
for (const torture of [
  "admission",
  "tail",
  "wake",
  "kill",
  "effects",
  "stale",
  "interrupt",
  "crowd",
  "store",
  "migrate",
  "plugins",
  "reconnect",
  "bash",
  "http",
  "ssrf",
  "web",
]) {
  await stage(`torture: ${torture}`, command(process.execPath, "torture/src/main.ts", torture));
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
