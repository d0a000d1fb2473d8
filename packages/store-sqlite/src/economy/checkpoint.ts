import { stat } from "node:fs/promises";

import { isBusy } from "../errors.ts";

import type { Connection } from "../driver.ts";

interface Progress {
  readonly busy: number;
  /** Frames in the log, and those of them that are in the file by now. */
  readonly log: number;
  readonly checkpointed: number;
}

/**
 * What the write-ahead log may keep of the disk once it has started over, in bytes: 64 MiB. SQLite lets it grow beyond that as long as
 * a reader is in one transaction: 70 MB in 900 turns (measured).
 */
export const journalSizeLimit = 64 * 1024 * 1024;

/** Size of a store's write-ahead log, in bytes; 0 where it has none. */
export const walBytes = async (path: string): Promise<number> =>
  (await stat(`${path}-wal`).catch(() => null))?.size ?? 0;

/**
 * Brings the write-ahead log into the file, and cuts it to nothing where all of it got there. Passive first, which waits for nobody: a
 * reader in the middle of its transaction keeps the log from starting over, so then it is left for the next time.
 */
export const truncateWal = (connection: Connection): boolean =>
  unlessBusy(() => {
    const passive = checkpoint(connection, "passive");
    return passive.busy === 0 && passive.log === passive.checkpointed && checkpoint(connection, "truncate").busy === 0;
  });

/** The same, with a wait for readers and writers of at most the busy timeout: for a log that has become long. */
export const forceWal = (connection: Connection): boolean =>
  unlessBusy(() => checkpoint(connection, "truncate").busy === 0);

const checkpoint = (connection: Connection, mode: "passive" | "truncate"): Progress => {
  const [progress] = connection.pragma(`wal_checkpoint(${mode})`) as Progress[];
  return progress ?? { busy: 1, log: -1, checkpointed: -1 };
};

const unlessBusy = (attempt: () => boolean): boolean => {
  try {
    return attempt();
  } catch (error) {
    // Another process reads, writes or checkpoints at this moment. Nothing is lost: the log stays as it is.
    if (isBusy(error)) return false;
    throw error;
  }
};
