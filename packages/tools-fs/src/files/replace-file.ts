import { open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { replacedFailure } from "../paths/recheck-target.ts";
import { toFileFailure } from "./file-failure.ts";

import type { BigIntStats } from "node:fs";
import type { Target } from "../paths/target.ts";

/** What a file is replaced with. */
export interface Replacement {
  readonly content: Uint8Array;
  /** The file as it was when its content was read. */
  readonly before: BigIntStats;
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
export const replaceFile = async (target: Target, replacement: Replacement): Promise<void> => {
  const temporary = join(dirname(target.absolute), replacement.temporaryName);
  try {
    await writeDurably(temporary, replacement);
    const now = await stat(target.absolute, { bigint: true });
    if (!isUntouched(replacement.before, now)) throw replacedFailure(target.path);
    replacement.signal.throwIfAborted();
    await rename(temporary, target.absolute);
  } catch (error) {
    await rm(temporary, { force: true });
    throw toFileFailure(error, target.path);
  }
  await syncDirectory(dirname(target.absolute));
};

const writeDurably = async (temporary: string, { content, before }: Replacement): Promise<void> => {
  await rm(temporary, { force: true });
  // Exclusive, and readable by nobody else until it has the file's own mode.
  await using handle = await open(temporary, "wx", 0o600);
  await handle.writeFile(content);
  await keepOwner(handle, before);
  await handle.chmod(Number(before.mode) & 0o7777);
  await handle.sync();
};

const keepOwner = async (
  handle: { readonly chown: (uid: number, gid: number) => Promise<void> },
  before: BigIntStats,
): Promise<void> => {
  if (before.uid === BigInt(process.getuid?.() ?? 0) && before.gid === BigInt(process.getgid?.() ?? 0)) return;
  await handle.chown(Number(before.uid), Number(before.gid)).catch((error: unknown) => {
    // Only root may give files away: for others the file becomes their own, as with every editor that renames.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
  });
};

const isUntouched = (before: BigIntStats, now: BigIntStats): boolean =>
  before.dev === now.dev && before.ino === now.ino && before.size === now.size && before.mtimeNs === now.mtimeNs;

const syncDirectory = async (directory: string): Promise<void> => {
  try {
    await using handle = await open(directory, "r");
    await handle.sync();
  } catch {
    // Some file systems cannot sync a directory. The rename is done and seen by all; only a loss of power could undo it.
  }
};
