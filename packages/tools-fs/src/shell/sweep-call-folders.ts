import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

import { callIdSchema } from "@holdfast/core";

import { CallFolder } from "./call-folder.ts";

/** How old a folder is before it goes, in milliseconds: 7 days, as long as outputs are kept. A running call's is minutes old. */
const keptMs = 7 * 24 * 3_600_000;
const mostFolders = 100;

/**
 * Removes the folders of calls whose host is gone and that nobody took over for 7 days: at most 100 at a time, and nothing else that stands
 * there. Another user's directory is left alone.
 *
 * @param now In epoch milliseconds.
 */
export const sweepCallFolders = async (stateDirectory: string, now: number, signal: AbortSignal): Promise<void> => {
  const parent = await lstat(stateDirectory).catch(() => undefined);
  if (parent?.isDirectory() !== true || (process.getuid !== undefined && parent.uid !== process.getuid())) return;
  let left = mostFolders;
  for (const name of await readdir(stateDirectory)) {
    if (left === 0 || signal.aborted) return;
    if (!callIdSchema.safeParse(name).success) continue;
    // Gone between the two looks: another process sweeps, too.
    const found = await lstat(join(stateDirectory, name)).catch(() => undefined);
    if (found?.isDirectory() !== true || now - found.mtimeMs < keptMs) continue;
    await new CallFolder(stateDirectory, name).remove();
    left -= 1;
  }
};
