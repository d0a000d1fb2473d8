import { rename, rm } from "node:fs/promises";

import type { Connection } from "../driver.ts";

/** Where the copy of a file is kept before a migration from this version rewrites it. */
export const copyPath = (path: string, version: number): string => `${path}.v${version}-backup`;

/**
 * Copies a store with SQLite's backup. Named last of all, so that what has the name is whole; a copy of an earlier attempt is replaced,
 * since the file went on from there.
 */
export const keepCopy = async (source: Connection, path: string, version: number): Promise<string> => {
  const kept = copyPath(path, version);
  const partial = `${kept}.partial`;
  await rm(partial, { force: true });
  try {
    await source.backup(partial);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await rename(partial, kept);
  return kept;
};
