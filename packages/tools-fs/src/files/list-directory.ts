import { ToolFailure } from "@holdfast/core/tool";

import { toFileFailure } from "./file-failure.ts";

import type { FileKind, FileSystem } from "../file-system.ts";
import type { Target } from "../paths/target.ts";

/** What stands in a directory. A link is not followed: where it leads may be outside of the Location. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileKind;
}

const mostEntries = 100_000;

/**
 * All entries of a directory: directories first, then by name.
 *
 * @throws ToolFailure for one with more than 100,000 entries, or that the system refuses.
 */
export const listDirectory = async (
  files: FileSystem,
  target: Target,
  signal: AbortSignal,
): Promise<readonly DirectoryEntry[]> => {
  const entries: DirectoryEntry[] = [];
  try {
    // Leaving the loop closes the directory, also by an error.
    for await (const entry of files.list(target.absolute)) {
      signal.throwIfAborted();
      if (entries.length === mostEntries)
        throw new ToolFailure(`${target.path} has more than ${mostEntries} entries. Look into it with a command.`);
      entries.push(entry);
    }
  } catch (error) {
    throw toFileFailure(error, target.path);
  }
  return entries.toSorted(
    (left, right) => rank(left) - rank(right) || (left.name < right.name ? -1 : Number(left.name > right.name)),
  );
};

const rank = ({ kind }: DirectoryEntry): number => (kind === "directory" ? 0 : 1);
