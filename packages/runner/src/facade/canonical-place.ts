import { realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { HoldfastError } from "@holdfast/core";

import type { Location } from "@holdfast/core";

/** Where a session works, and what approvals are scoped to there. */
export interface Place {
  readonly location: Location;
  readonly project: string;
}

/**
 * The canonical Location of a directory, and its project: the nearest directory upwards that holds `.git`, itself where none does.
 *
 * @throws location.not-found where there is no such directory.
 */
export const canonicalPlace = async ({
  directory: named,
  workspaceId,
}: {
  readonly directory: string;
  readonly workspaceId?: string | undefined;
}): Promise<Place> => {
  const directory = await canonicalDirectory(named);
  return {
    location: { directory, ...(workspaceId === undefined ? {} : { workspaceId }) },
    project: await projectOf(directory),
  };
};

const canonicalDirectory = async (directory: string): Promise<string> => {
  try {
    const canonical = await realpath(directory);
    if ((await stat(canonical)).isDirectory()) return canonical;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  throw new HoldfastError("location.not-found", {
    message: `Expected a directory that can be read at ${directory}, found none. Create it, or name another one.`,
    data: { directory },
  });
};

const projectOf = async (directory: string): Promise<string> => {
  for (let at = directory; ; at = dirname(at)) {
    const isRoot = await stat(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (isRoot) return at;
    if (at === dirname(at)) return directory;
  }
};
