import { access, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { HoldfastError } from "@holdfast/core";

import type { Connection } from "../driver.ts";

/**
 * Copies a store to a new file, while it is used. Named last of all, so that what has the name is whole.
 *
 * @throws argument.invalid where there is something at the target, store.not-found where it has no directory.
 */
export const backupTo = async (
  connection: Connection,
  openReader: (() => Connection) | null,
  target: string,
): Promise<void> => {
  const path = resolve(target);
  await assertFree(path, connection.name);
  const partial = `${path}.partial`;
  try {
    if (openReader === null) await connection.backup(partial);
    else await copyMoment(openReader(), partial);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
};

const assertFree = async (path: string, source: string): Promise<void> => {
  const directory = dirname(path);
  if ((await stat(directory).catch(() => null))?.isDirectory() !== true) {
    throw new HoldfastError("store.not-found", {
      message: `Expected a directory at ${directory} for a backup of ${source}, found none. Make it first, or name another path.`,
      data: { path, directory },
    });
  }
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new HoldfastError("argument.invalid", {
    message: `Expected no file at ${path} for a backup of ${source}, found one. Name another path, or remove it first.`,
    data: { path },
  });
};

// Its read transaction shows the reader one moment from beginning to end: without it, each commit would begin the copy anew.
const copyMoment = async (reader: Connection, target: string): Promise<void> => {
  try {
    reader.exec("begin");
    reader.prepare("select 1 from sqlite_schema limit 1").get();
    await reader.backup(target);
  } finally {
    reader.close();
  }
};
