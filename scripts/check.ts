// `pnpm check`: all that can be said without running the code.
import { checkDocsReference } from "../tools/checks/docs-reference.ts";
import { checkFileSizes } from "../tools/checks/file-size.ts";
import { checkFloors } from "../tools/checks/floor-plan.ts";
import { checkGuideSnippets } from "../tools/checks/guide-snippets.ts";
import { checkLinks } from "../tools/checks/links.ts";
import { checkPageSize } from "../tools/checks/page-size.ts";
import { checkReadmeExample, shownExamples } from "../tools/checks/readme-example.ts";
import { checkSdkSize } from "../tools/checks/sdk-size.ts";
import { command, root, runStep } from "./run-step.ts";

const steps = [
  ["lint", command("oxlint", "--type-aware")],
  ["format", command("oxfmt", "--check")],
  ["types", command("tsc", "-p", ".")],
  ["floor plan", () => checkFloors(root)],
  ["file sizes", async () => checkFileSizes(root)],
  ["SDK size", () => checkSdkSize(root)],
  ["page size", checkPageSize],
  ["README examples", async () => shownExamples.flatMap((shown) => checkReadmeExample(root, shown))],
  ["guide snippets", async () => checkGuideSnippets(root)],
  ["reference", async () => checkDocsReference(root)],
  ["links", async () => checkLinks(root)],
] as const;

let failed = 0;
for (const [name, step] of steps) if (!(await runStep(name, step))) failed += 1;
process.exitCode = failed === 0 ? 0 : 1;
