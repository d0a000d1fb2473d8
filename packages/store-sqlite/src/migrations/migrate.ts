import { HoldfastError } from "@holdfast/core";

import { isBusy } from "../errors.ts";
import { retryWhileBusy } from "../retry-while-busy.ts";
import { migrationFrom, runMigration } from "./run-migration.ts";
import { schemaVersion } from "./migrations.ts";
import { assertOurs } from "./store-file.ts";

import type { FaultPoints, Logger } from "@holdfast/core";
import type Database from "better-sqlite3";
import type { Connection } from "../driver.ts";
import type { Copying, MigrationOutcome } from "./run-migration.ts";

export interface MigrateOptions {
  readonly path: string;
  /** Whether no other connection can be: on a network file system. */
  readonly isExclusive: boolean;
  readonly budgetMs: number;
  readonly logger: Logger;
  readonly faults: FaultPoints | undefined;
}

/** A migration that was done, and what it came to. */
export interface DoneMigration extends MigrationOutcome {
  readonly version: number;
  readonly name: string;
}

/**
 * Brings a file to this code's schema. One process migrates while others wait: an exclusive transaction on a sibling lock
 * database, which dies with its holder, whatever kills it. Each migration runs in an immediate transaction of its own, and before
 * one that rewrites data a copy of the file is kept beside it.
 *
 * @throws store.newer, store.corrupt (another program's file), store.migration-failed
 */
export const migrate = async (
  connection: Connection,
  driver: typeof Database,
  options: MigrateOptions,
): Promise<readonly DoneMigration[]> => {
  const found = await retryWhileBusy(() => assertOurs(connection, options.path), options.budgetMs);
  if (found === schemaVersion) return [];
  if (options.path === ":memory:") return migrateLocked(connection, { from: "none" }, options);
  const openReader = () => new driver(options.path, { timeout: 50 });
  const lock = new driver(`${options.path}-lock`, { timeout: 50 });
  try {
    await retryWhileBusy(() => lock.exec("begin exclusive"), options.budgetMs);
    return await migrateLocked(
      connection,
      options.isExclusive ? { from: "same" } : { from: "another", openReader },
      options,
    );
  } finally {
    lock.close();
  }
};

const migrateLocked = async (
  connection: Connection,
  copying: Copying,
  options: MigrateOptions,
): Promise<readonly DoneMigration[]> => {
  const done: DoneMigration[] = [];
  const from = await retryWhileBusy(() => assertOurs(connection, options.path), options.budgetMs);
  // A new file holds nothing that a copy would keep.
  const keeping: Copying = from === 0 ? { from: "none" } : copying;
  for (let version = from; version < schemaVersion; version++) {
    const { name } = migrationFrom(version);
    let outcome: MigrationOutcome;
    try {
      const run = () =>
        runMigration(connection, version, { path: options.path, copying: keeping, faults: options.faults });
      outcome = await retryWhileBusy(run, options.budgetMs);
    } catch (error) {
      throw isBusy(error) ? error : migrationFailed(options.path, name, error);
    }
    done.push({ version: version + 1, name, ...outcome });
    // A new file was not upgraded, it was made.
    if (from > 0) logDone(options, version + 1, outcome);
  }
  return done;
};

const logDone = ({ logger, path }: MigrateOptions, version: number, { copy }: MigrationOutcome): void => {
  const kept = copy === null ? "" : `; the file as it was is kept at ${copy}, remove it when you no longer need it`;
  logger.info(`the store was upgraded to schema version ${version}${kept}`, { path, copy });
};

/** The error of a migration that was rolled back. */
export const migrationFailed = (path: string, name: string, error: unknown): HoldfastError<"store.migration-failed"> =>
  new HoldfastError("store.migration-failed", {
    message:
      `Migration ${name} of ${path} failed, and the file is as it was: ${String(error)}. Free space for a copy of the file beside ` +
      `it and check permissions, then open it again; migrateSqliteStore({ path, dryRun: true }) tells whether it will work. The ` +
      `version of @holdfast/store-sqlite that made the file still opens it.`,
    data: { path, migration: name },
    cause: error,
  });
