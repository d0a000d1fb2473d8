import { describe } from "vitest";

import { describeAdmissions } from "./admissions.ts";
import { describeAtomicity } from "./atomicity.ts";
import { describeBlobsAndOutputs } from "./blobs-and-outputs.ts";
import { describeClaims } from "./claims.ts";
import { describeFencing } from "./fencing.ts";
import { describeHistory } from "./history.ts";
import { describeLifetime } from "./lifetime.ts";
import { describeListing } from "./listing.ts";
import { describeLog } from "./log.ts";
import { describePlainness } from "./plainness.ts";
import { describeProjections } from "./projections.ts";
import { describeSignals } from "./signals.ts";
import { describeSnapshots } from "./snapshots.ts";

import type { StoreSubject } from "./store-subject.ts";

/**
 * The contract of `Store` as tests: each of its laws under its own name, on any store. Call it at the top of a test file.
 *
 * @param name What the store is called in the titles.
 */
export const describeStore = (name: string, subject: StoreSubject): void => {
  describe(`Store: ${name}`, () => {
    describeLog(subject);
    describeAtomicity(subject);
    describeProjections(subject);
    describeFencing(subject);
    describeClaims(subject);
    describeAdmissions(subject);
    describeSignals(subject);
    describeSnapshots(subject);
    describeHistory(subject);
    describeListing(subject);
    describeBlobsAndOutputs(subject);
    describeLifetime(subject);
    describePlainness(subject);
  });
};
