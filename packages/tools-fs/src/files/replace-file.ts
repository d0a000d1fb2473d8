import { dirname, join } from "node:path";

import { replacedFailure } from "../paths/path-service.ts";
import { toFileFailure } from "./file-failure.ts";

import type { FileStat, FileSystem } from "../file-system.ts";
import type { Target } from "../paths/target.ts";

/** What a file is replaced with. */
export interface Replacement {
  readonly content: Uint8Array;
  /** The file as it was when its content was read. */
  readonly before: FileStat;
  /** Name of the file that is written first, beside it. */
  readonly temporaryName: string;
  readonly signal: AbortSignal;
}

/**
 * Replaces a file's content in one stroke: whoever reads it, or finds it after a crash, sees all of the old or all of the new. Its
 * mode is kept, and its owner where the system lets us.
 *
 * @throws ToolFailure where the file changed meanwhile, or the system refuses; nothing is changed then.
 */
export const replaceFile = async (files: FileSystem, target: Target, replacement: Replacement): Promise<void> => {
  const { content, before, temporaryName, signal } = replacement;
  const directory = dirname(target.absolute);
  const temporary = join(directory, temporaryName);
  try {
    await files.remove(temporary);
    await files.createFile(temporary, { content, mode: before.mode, owner: { uid: before.uid, gid: before.gid } });
    await assertUntouched(files, target, before);
    signal.throwIfAborted();
    await files.rename(temporary, target.absolute);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw toFileFailure(error, target.path);
  }
  await files.syncDirectory(directory);
};

/**
 * Looks whether a file is still as it was read, right before it goes.
 *
 * @throws ToolFailure where it is not.
 */
export const assertUntouched = async (
  files: FileSystem,
  { absolute, path }: Target,
  before: FileStat,
): Promise<void> => {
  const now = await files.stat(absolute);
  const isSame =
    before.device === now.device &&
    before.inode === now.inode &&
    before.size === now.size &&
    before.modified === now.modified;
  if (!isSame) throw replacedFailure(path);
};
