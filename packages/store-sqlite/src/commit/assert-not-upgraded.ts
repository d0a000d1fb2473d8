import { HoldfastError } from "@holdfast/core";

import { schemaVersion } from "../migrations/migrations.ts";

/** @throws store.upgraded where another process has migrated the file since this one opened it. */
export const assertNotUpgraded = (userVersion: number): void => {
  if (userVersion !== schemaVersion) throw upgraded(userVersion);
};

/** The error of a file that another process has migrated. */
export const upgraded = (userVersion: number): HoldfastError<"store.upgraded"> =>
  new HoldfastError("store.upgraded", {
    message: `The store was upgraded to schema version ${userVersion} while this process had version ${schemaVersion} open. Restart this process with the newer packages.`,
    data: { found: userVersion, known: schemaVersion },
  });
