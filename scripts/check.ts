// `pnpm check`: all that can be said without running the code.
import { checkFileSizes } from "../tools/checks/file-size.ts";
import { checkFloors } from "../tools/checks/floor-plan.ts";
import { command, root, runStep } from "./run-step.ts";

const steps = [
  ["lint", command("oxlint", "--type-aware")],
  ["format", command("oxfmt", "--check")],
  ["types", command("tsc", "-p", ".")],
  ["floor plan", () => checkFloors(root)],
  ["file sizes", async () => checkFileSizes(root)],
] as const;

let failed = 0;
for (const [name, step] of steps) if (!(await runStep(name, step))) failed += 1;
process.exitCode = failed === 0 ? 0 : 1;
