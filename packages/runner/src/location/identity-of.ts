import { stat } from "node:fs/promises";

import { HoldfastError } from "@holdfast/core";

import type { Location } from "@holdfast/core";

/**
 * Identity of a Location's directory as it is now: its device and inode.
 *
 * @throws location.not-found
 */
export const identityOf = async ({ directory }: Location): Promise<string> => {
  const found = await stat(directory, { bigint: true }).catch(() => null);
  if (found?.isDirectory() === true) return `${found.dev}:${found.ino}`;
  throw new HoldfastError("location.not-found", {
    message: `Expected a directory at ${directory}, found none. Create it, or name another one.`,
    data: { directory },
  });
};
