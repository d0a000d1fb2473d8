import { createDrafts } from "@holdfast/testkit";

import { restoreFile } from "./version-1.ts";

import type { SessionId } from "@holdfast/core";

/** The sessions of the stored file of version 2, of which one is a replica and two were pruned, one not to the end. */
export const sessionsOfVersion2: readonly SessionId[] = ["used", "open", "inbox", "pruned", "replica", "cutoff"].map(
  (seed) => createDrafts(seed).sessionId,
);

/** Makes the stored file of version 2 again at a path: see fixtures/make-version-2.ts. */
export const restoreVersion2 = (path: string): void => restoreFile(path, "version-2");
