// `npm test`: the check, every test, the examples, and the short tortures. The last line says how many passed and failed.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { command, runStep } from "./run-step.ts";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

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
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
      await readFile(report, "utf8"),
    ) as VitestReport;
    process.stdout.write(
      `       ${numPassedTests} tests passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`,
    );
    passed += numPassedTests;
    failed += numFailedTests;
    // A skipped test proves nothing, and says nothing either.
    return numPendingTests > 0 ? [...findings, `${numPendingTests} tests were skipped`] : findings;
  } catch (error) {
    return [...findings, `the tests' report could not be read: ${String(error)}`];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

await stage("check", command(process.execPath, "scripts/check.ts"));
await stage("tests", tests);
await stage("example: embed", command(process.execPath, "examples/embed/src/main.ts"));
await stage("example: first light", command(process.execPath, "examples/first-light/src/main.ts"));
for (const torture of ["admission", "tail", "wake", "kill"]) {
  await stage(`torture: ${torture}`, command(process.execPath, "torture/src/main.ts", torture));
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
