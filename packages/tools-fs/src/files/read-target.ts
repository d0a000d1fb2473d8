import { maxEditBytes } from "./bounded-content.ts";
import { openTarget } from "./open-target.ts";
import { readWhole } from "./read-whole.ts";

import type { FileStat, FileSystem } from "../file-system.ts";
import type { Target } from "../paths/target.ts";

/**
 * All of a file that is to be changed, and its stat from right before.
 *
 * @throws ToolFailure where another one stands in its place, or it has more than 10 MiB.
 */
export const readTarget = async (
  files: FileSystem,
  target: Target,
): Promise<{ readonly bytes: Buffer; readonly stats: FileStat }> => {
  await using handle = await openTarget(files, target);
  const stats = await handle.stat();
  return { bytes: await readWhole(handle, { path: target.path, maxBytes: maxEditBytes }), stats };
};
