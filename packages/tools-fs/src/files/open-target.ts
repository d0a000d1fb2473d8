import { constants } from "node:fs";
import { open } from "node:fs/promises";

import { replacedFailure } from "../paths/recheck-target.ts";
import { toFileFailure } from "./file-failure.ts";

import type { FileHandle } from "node:fs/promises";
import type { Target } from "../paths/target.ts";

// A pipe that was put in the file's place must not make the open wait, and a link there must not be followed.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Opens a file for reading, and makes sure that it is the one that was approved.
 *
 * @throws ToolFailure where another one stands in its place, or the system refuses.
 */
export const openTarget = async (target: Target): Promise<FileHandle> => {
  const handle = await open(target.absolute, flags).catch((error: unknown) => {
    throw toFileFailure(error, target.path);
  });
  try {
    const found = await handle.stat({ bigint: true });
    if (found.isFile() && String(found.dev) === target.device && String(found.ino) === target.inode) return handle;
    throw replacedFailure(target.path);
  } catch (error) {
    await handle.close();
    throw error;
  }
};
