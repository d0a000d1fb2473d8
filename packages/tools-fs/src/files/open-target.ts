import { replacedFailure } from "../paths/path-service.ts";
import { isTarget } from "../paths/target.ts";
import { toFileFailure } from "./file-failure.ts";

import type { FileSystem, ReadHandle } from "../file-system.ts";
import type { Target } from "../paths/target.ts";

/**
 * Opens a file for reading, and makes sure that it is the one that was approved.
 *
 * @throws ToolFailure where another one stands in its place, or the system refuses.
 */
export const openTarget = async (files: FileSystem, target: Target): Promise<ReadHandle> => {
  const handle = await files.openRead(target.absolute).catch((error: unknown) => {
    throw toFileFailure(error, target.path);
  });
  try {
    if (isTarget(await handle.stat(), target) && target.kind === "file") return handle;
    throw replacedFailure(target.path);
  } catch (error) {
    await handle[Symbol.asyncDispose]();
    throw error;
  }
};
