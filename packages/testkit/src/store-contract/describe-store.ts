import { afterAll, describe, it } from "vitest";

import { describeAdmissions } from "./admissions.ts";
import { describeAsked } from "./asked.ts";
import { describeAtomicity } from "./atomicity.ts";
import { describeBlobsAndOutputs } from "./blobs-and-outputs.ts";
import { describeClaims } from "./claims.ts";
import { describeCollected } from "./collected.ts";
import { describeDeleted } from "./deleted.ts";
import { describeDeletedElsewhere } from "./deleted-elsewhere.ts";
import { describeExported } from "./exported.ts";
import { describeFencing } from "./fencing.ts";
import { describeCrashes } from "./fault-crash.ts";
import { describeDisk } from "./fault-disk.ts";
import { describeRefusedWrites } from "./fault-writes.ts";
import { describeForeignSignals } from "./foreign-signals.ts";
import { describeHistory } from "./history.ts";
import { describeImported } from "./imported.ts";
import { describeImportFloors } from "./import-floors.ts";
import { describeImportForks } from "./import-forks.ts";
import { describeImportRefusals } from "./import-refusals.ts";
import { describeLifetime } from "./lifetime.ts";
import { describeListing } from "./listing.ts";
import { describeLog } from "./log.ts";
import { describeOddArguments } from "./odd-arguments.ts";
import { describePlainness } from "./plainness.ts";
import { describeProjections } from "./projections.ts";
import { describePruned } from "./pruned.ts";
import { describeReplicated } from "./replicated.ts";
import { describeSeveral } from "./several-sessions.ts";
import { describeSignals } from "./signals.ts";
import { describeSnapshots } from "./snapshots.ts";
import { describeSystemContext } from "./system-context.ts";
import { describeTodos } from "./todos.ts";
import { StoreKitReport } from "../store-kit-report.ts";
import { collectCases } from "./kit-case.ts";
import { subjectParts } from "./needs.ts";

import type { StoreCase } from "./kit-case.ts";
import type { StoreSubject } from "./store-subject.ts";

/** How the suite is run. */
export interface DescribeStoreOptions {
  /**
   * The file for a report of every case. Default: none, or `<name>.json` in the directory of the environment variable
   * `HOLDFAST_STORE_REPORT`.
   */
  readonly reportTo?: string | undefined;
}

/**
 * The contract of `Store` as tests: each of its laws under its own name, on any store. Call it at the top of a test file.
 *
 * @param name What the store is called in the titles.
 */
export const describeStore = (name: string, subject: StoreSubject, options: DescribeStoreOptions = {}): void => {
  const cases = storeCases(subject);
  const report = new StoreKitReport(name, cases);
  describe(`Store: ${name}`, () => {
    for (const [law, proofs] of byLaw(cases)) {
      describe(law === null ? "beside the laws" : `law ${law}`, () => {
        for (const proof of proofs) register(proof, report);
      });
    }
    afterAll(() => report.write(options.reportTo));
  });
};

/**
 * Every fact that the suite asks of a store.
 *
 * @throws TypeError for a name in `notRun` that is neither a law's nor a part's.
 */
export const storeCases = (subject: StoreSubject): readonly StoreCase[] => {
  const cases = collectCases(() => {
    for (const describeOne of suite) describeOne(subject);
  });
  const { notRun = {} } = subject;
  const names = new Set([...subjectParts, ...cases.map(nameOf)]);
  const unknown = Object.keys(notRun).find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new TypeError(`expected the name of a law or of a part in notRun, found ${JSON.stringify(unknown)}`);
  }
  return cases.map((proof) => {
    const reason = notRun[nameOf(proof)];
    return reason === undefined ? proof : { ...proof, notRun: reason };
  });
};

/** The parts of the suite. */
const suite: readonly ((subject: StoreSubject) => void)[] = [
  describeLog,
  describeAtomicity,
  describeProjections,
  describeFencing,
  describeClaims,
  describeAdmissions,
  describeSignals,
  describeSnapshots,
  describeHistory,
  describeListing,
  describeBlobsAndOutputs,
  describeLifetime,
  describePlainness,
  describeOddArguments,
  describeImported,
  describeImportRefusals,
  describeImportFloors,
  describeImportForks,
  describeReplicated,
  describePruned,
  describeCollected,
  describeExported,
  describeAsked,
  describeTodos,
  describeSystemContext,
  describeDeleted,
  describeDeletedElsewhere,
  describeForeignSignals,
  describeSeveral,
  describeCrashes,
  describeRefusedWrites,
  describeDisk,
];

const nameOf = ({ law }: StoreCase): string => law?.replace(/^\d+ /, "") ?? "";

const numberOf = (law: string | null): number => Number.parseInt(law ?? "0", 10);

const byLaw = (cases: readonly StoreCase[]): readonly (readonly [string | null, readonly StoreCase[]])[] => {
  const laws = [...new Set(cases.map(({ law }) => law))];
  return laws
    .toSorted((left, right) => numberOf(left) - numberOf(right))
    .map((law) => [law, cases.filter((proof) => proof.law === law)]);
};

const register = (proof: StoreCase, report: StoreKitReport): void => {
  const { title, notRun, timeoutMs } = proof;
  if (notRun === undefined) it(title, () => report.run(proof), timeoutMs);
  else it.skip(`${title} (not run: ${notRun})`, () => undefined);
};
