import { constants } from "node:fs";
import { access, link, mkdir, open, opendir, realpath, rename, rm, rmdir, stat } from "node:fs/promises";

import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { FileKind, FileStat, FileSystem, NewFile, ReadHandle } from "./file-system.ts";

// A pipe that was put in a file's place must not make the open wait, and a link there must not be followed.
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** The files of this machine. */
export const nodeFileSystem: FileSystem = {
  realpath: (path) => realpath(path),
  stat: async (path) => toFileStat(await stat(path, { bigint: true })),
  openRead: async (path) => toReadHandle(await open(path, readFlags)),
  list: async function* (path) {
    for await (const entry of await opendir(path, { bufferSize: 256 })) yield { name: entry.name, kind: kindOf(entry) };
  },
  assertWritable: (path) => access(path, constants.W_OK),
  makeDirectory: async (path) => {
    await mkdir(path);
  },
  removeDirectory: (path) => rmdir(path),
  createFile: async (path, file) => {
    // Readable by nobody else until it has the mode that it is to have.
    await using handle = await open(path, "wx", 0o600);
    await handle.writeFile(file.content);
    await keepOwner(handle, file);
    await handle.chmod(file.mode);
    await handle.sync();
  },
  rename: (from, to) => rename(from, to),
  link: (from, to) => link(from, to),
  remove: (path) => rm(path, { force: true }),
  syncDirectory: async (path) => {
    try {
      await using handle = await open(path, "r");
      await handle.sync();
    } catch {
      // Some file systems cannot sync a directory. The names are seen by all; only a loss of power could undo them.
    }
  },
};

const toReadHandle = (handle: FileHandle): ReadHandle => ({
  stat: async () => toFileStat(await handle.stat({ bigint: true })),
  read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
  [Symbol.asyncDispose]: () => handle.close(),
});

const keepOwner = async (handle: FileHandle, { owner }: NewFile): Promise<void> => {
  if (owner === undefined || (owner.uid === process.getuid?.() && owner.gid === process.getgid?.())) return;
  await handle.chown(owner.uid, owner.gid).catch((error: unknown) => {
    // Only root may give files away: for others the file becomes their own, as with every editor that renames.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
  });
};

const toFileStat = (found: BigIntStats): FileStat => ({
  kind: kindOf(found),
  device: String(found.dev),
  inode: String(found.ino),
  size: Number(found.size),
  mode: Number(found.mode) & 0o7777,
  uid: Number(found.uid),
  gid: Number(found.gid),
  modified: String(found.mtimeNs),
});

interface Typed {
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

const kindOf = (entry: Typed): FileKind => {
  if (entry.isDirectory()) return "directory";
  if (entry.isFile()) return "file";
  return entry.isSymbolicLink() ? "link" : "other";
};
