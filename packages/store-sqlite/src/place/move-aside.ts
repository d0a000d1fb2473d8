import { copyFile, constants, link, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";

import { HoldfastError } from "@holdfast/core";

/**
 * Moves a store out of the way, with its write-ahead log, so that a new one can begin at its path: for a file that is reported as
 * `store.corrupt` and that its owner does not want to wait for. Nothing of it is lost or changed. No process may have the store open.
 * Holdfast never does this by itself.
 *
 * Both files are first given their new names beside the old ones, and only then lose these, so that a crash in between leaves a
 * whole store under the new name. A log that stayed behind alone would be played into the next store at the path.
 *
 * @returns the new path, `<path>.aside-<time>`, which SQLite opens as it is.
 * @throws store.not-found where there is no file.
 */
export const moveAside = async (path: string): Promise<string> => {
  const from = resolve(path);
  if ((await stat(from).catch(() => null))?.isFile() !== true) {
    throw new HoldfastError("store.not-found", {
      message: `Expected a file at ${from} to move aside, found none.`,
      data: { path: from },
    });
  }
  const to = `${from}.aside-${new Date().toISOString().replaceAll(/[-:.]/g, "")}`;
  for (const suffix of ["-wal", ""]) await giveName(`${from}${suffix}`, `${to}${suffix}`);
  // The index of the log is made again by whoever opens the file.
  for (const suffix of ["-shm", "-wal", ""]) await rm(`${from}${suffix}`, { force: true });
  return to;
};

const giveName = async (from: string, to: string): Promise<void> => {
  try {
    await link(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" && from.endsWith("-wal")) return;
    if (code === "EEXIST" || code === "ENOENT" || code === "EACCES") throw error;
    // A file system without hard links.
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
};
