import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { HoldfastError } from "@holdfast/core";

import { networkFileSystemOf } from "./network-file-system.ts";

/** What is known of the place of a store that may be opened there. */
export interface Place {
  /** On a network file system, and allowed there: for one process only. */
  readonly isShared: boolean;
}

/**
 * Looks at a store's file and directory before anything touches them.
 *
 * @throws store.not-found, store.read-only, store.network-file-system
 */
export const assertPlace = async (
  path: string,
  { allowNetworkFileSystem }: { readonly allowNetworkFileSystem: boolean },
): Promise<Place> => {
  const directory = dirname(path);
  const place = await stat(directory).catch(() => null);
  if (place?.isDirectory() !== true) {
    throw new HoldfastError("store.not-found", {
      message: `Expected a directory at ${directory} for the store ${path}, found none. Make it first, or name another path.`,
      data: { path, directory },
    });
  }
  const file = await stat(path).catch(() => null);
  if (file !== null && !file.isFile()) {
    throw new HoldfastError("store.not-found", {
      message: `Expected a file at ${path}, found something else. Name a file, for example ${path}/sessions.db.`,
      data: { path },
    });
  }
  // WAL makes files beside the store, so both must be writable.
  for (const target of file === null ? [directory] : [path, directory]) {
    await access(target, constants.W_OK).catch((error: unknown) => {
      throw new HoldfastError("store.read-only", {
        message: `Expected to write ${target} for the store ${path}, and this process may not. Give it write permission on the file and its directory.`,
        data: { path, target },
        cause: error,
      });
    });
  }
  return { isShared: assertLocal(path, await networkFileSystemOf(directory), allowNetworkFileSystem) };
};

/**
 * Whether the store may be opened on this file system. Several machines, or one whose locks are kept elsewhere, destroy a SQLite file
 * in WAL mode (sqlite.org/wal.html: all processes must be on the same host).
 */
export const assertLocal = (path: string, network: string | null, isAllowed: boolean): boolean => {
  if (network === null || isAllowed) return network !== null;
  throw new HoldfastError("store.network-file-system", {
    message: `Expected a local file system for the store ${path}, found ${network}, on which several processes would damage it. Put it on a local disk, or pass allowNetworkFileSystem: true to use it there from one process.`,
    data: { path, fileSystem: network },
  });
};
