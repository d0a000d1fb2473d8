import { dirname, join } from "node:path";

import { replacedFailure } from "../paths/path-service.ts";
import { toFileFailure } from "./file-failure.ts";

import type { FileSystem } from "../file-system.ts";
import type { FreePlace } from "../paths/place.ts";

/** What a new file holds. */
export interface Creation {
  readonly content: Uint8Array;
  /** Permission bits. Default 0o644. */
  readonly mode?: number | undefined;
  /** Name of the file that is written first, beside it. */
  readonly temporaryName: string;
  readonly signal: AbortSignal;
}

// A file system without second names says so in one of these ways.
const withoutLinks: ReadonlySet<unknown> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"]);
const newFileMode = 0o644;

/**
 * Creates a file, and the directories above it that are not there, in one stroke: whoever finds it finds all of it. What appeared in its
 * place meanwhile is left alone.
 *
 * @throws ToolFailure where something stands there by now, or the system refuses.
 */
export const createFile = async (files: FileSystem, place: FreePlace, creation: Creation): Promise<void> => {
  const directory = dirname(place.absolute);
  const temporary = join(directory, creation.temporaryName);
  const made: string[] = [];
  try {
    await makeDirectories(files, place, made);
    await writeInPlace(files, place, { ...creation, temporary });
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    // What is in one of them by now is somebody else's, and keeps it.
    for (const path of made.toReversed()) await files.removeDirectory(path).catch(() => undefined);
    throw toFileFailure(error, place.path);
  }
  // The file is there: a second name that cannot be taken away does not undo that. What fails in passing may go the next time.
  await files.remove(temporary).catch(() => files.remove(temporary).catch(() => undefined));
  for (const path of new Set([place.base.absolute, ...made])) await files.syncDirectory(path);
};

const writeInPlace = async (
  files: FileSystem,
  { absolute, path }: FreePlace,
  { temporary, content, mode = newFileMode, signal }: Creation & { readonly temporary: string },
): Promise<void> => {
  const [directory, file] = [dirname(temporary), { content, mode }];
  await files.remove(temporary);
  await files.createFile(temporary, file);
  // The directory may have become a link to elsewhere. If it does from here on, the temporary file is not in it.
  if ((await files.realpath(directory)) !== directory) throw replacedFailure(path);
  signal.throwIfAborted();
  try {
    // Unlike a rename, it takes nobody's place.
    await files.link(temporary, absolute);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && withoutLinks.has(error.code))) throw error;
    // There is no room for two of a large one.
    await files.remove(temporary);
    await createWhole(files, absolute, file);
  }
};

/** Creates a file without a second name. What cannot be written to its end is taken away, unless it is another's. */
const createWhole = async (files: FileSystem, path: string, file: Parameters<FileSystem["createFile"]>[1]) => {
  try {
    await files.createFile(path, file);
  } catch (error) {
    if (!isThere(error)) await files.remove(path).catch(() => undefined);
    throw error;
  }
};

const isThere = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "EEXIST";

const makeDirectories = async (
  files: FileSystem,
  { base, missing, path }: FreePlace,
  made: string[],
): Promise<void> => {
  let directory = base.absolute;
  for (const name of missing.slice(0, -1)) {
    directory = join(directory, name);
    await files.makeDirectory(directory).catch((error: unknown) => {
      // Whoever made it meanwhile may have made it a link to elsewhere.
      if (isThere(error)) throw replacedFailure(path);
      throw error;
    });
    made.push(directory);
  }
};
