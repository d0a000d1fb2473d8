import { afterAll, describe, it } from "vitest";

import { collectCases } from "../store-contract/kit-case.ts";
import { StoreKitReport, writeReport } from "../store-kit-report.ts";
import { describeApprovals } from "./approvals.ts";
import { describeBounds } from "./bounds.ts";
import { describeCancellations } from "./cancellations.ts";
import { describeFaults } from "./faults.ts";
import { describePhases } from "./phases.ts";
import { describeReplays } from "./replays.ts";
import { describeSchemas } from "./schemas.ts";
import { describeSwaps } from "./swaps.ts";
import { toolLaws } from "./tool-facts.ts";

import type { StoreCase } from "../store-contract/kit-case.ts";
import type { StoreKitResult } from "../store-kit-report.ts";
import type { ToolSubject, ToolWorld } from "./tool-subject.ts";

/** Which laws a tool passes, for who decides whether to use it. */
export interface ToolKitReportFile {
  /** Version of the kit that ran. */
  readonly kit: string;
  readonly tool: string;
  readonly laws: readonly StoreKitResult[];
}

/** How the suite is run. */
export interface DescribeToolOptions {
  /**
   * The file for a report of every case. Default: none, or `<tool>.json` in the directory of the environment variable
   * `HOLDFAST_TOOL_REPORT`.
   */
  readonly reportTo?: string | undefined;
}

/** The environment variable with the directory for reports. */
const variable = "HOLDFAST_TOOL_REPORT";

/**
 * The contract of a tool as tests, each law under its own name: what it says of itself, that it asks before it looks, that `prepare` changes
 * nothing and `execute` asks nothing, that an interruption or a failing system leaves no half of anything, and that its replay
 * policy is true. Call it at the top of a test file.
 */
export const describeTool = <TWorld extends ToolWorld>(
  subject: ToolSubject<TWorld>,
  options: DescribeToolOptions = {},
): void => {
  const cases = toolCases(subject);
  const report = new StoreKitReport(subject.tool, cases);
  describe(`Tool: ${subject.tool}`, () => {
    for (const proof of cases) {
      const { law, title, notRun, timeoutMs } = proof;
      const name = `law ${law}: ${title}`;
      if (notRun === undefined) it(name, () => report.run(proof), timeoutMs);
      else it.skip(`${name} (not run: ${notRun})`, () => undefined);
    }
    afterAll(() => {
      const { kit, laws } = report.toFile();
      const file: ToolKitReportFile = { kit, tool: subject.tool, laws };
      writeReport(file, { name: subject.tool, to: options.reportTo, variable });
    });
  });
};

/**
 * Every fact that the suite asks of a tool.
 *
 * @throws TypeError for a name in `notRun` that is no law's.
 */
export const toolCases = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>): readonly StoreCase[] => {
  const { notRun = {}, usesNoPort } = subject;
  const withoutPort = usesNoPort === undefined ? {} : { faults: usesNoPort, swaps: usesNoPort };
  const reasons = new Map(Object.entries({ ...withoutPort, ...notRun }));
  const unknown = [...reasons.keys()].find((law) => !(law in toolLaws));
  if (unknown !== undefined)
    throw new TypeError(`expected the name of a law of tools in notRun, found ${JSON.stringify(unknown)}`);
  const cases = collectCases(() => {
    describeSchemas(subject);
    describeApprovals(subject);
    describePhases(subject);
    describeCancellations(subject);
    describeBounds(subject);
    describeReplays(subject, subject.replay);
    describeFaults(subject);
    describeSwaps(subject);
  });
  return cases.map((proof) => {
    const reason = reasons.get(proof.law?.replace(/^\d+ /, "") ?? "");
    return reason === undefined ? proof : { ...proof, notRun: reason };
  });
};
