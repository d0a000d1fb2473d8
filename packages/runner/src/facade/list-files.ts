import { opendir, realpath, stat } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";

import { HoldfastError } from "@holdfast/core";

import { canonicalPlace } from "./canonical-place.ts";

import type { FileEntry, FileList } from "@holdfast/core";
import type { Dir, Dirent } from "node:fs";

const mostEntries = 1_000;

/** What is asked for, checked. */
export interface FilesQuery {
  readonly directory: string;
  readonly workspaceId?: string | undefined;
  readonly path: string;
}

/**
 * The names in a directory of a Location. Reads at most 1,000 of them, and one more to know whether there are more.
 *
 * @throws location.not-found, location.path-outside, location.path-not-found
 */
export const listFiles = async ({ path, ...named }: FilesQuery): Promise<FileList> => {
  const { location } = await canonicalPlace(named);
  const root = location.directory;
  const directory = await canonicalPath(root, path);
  const found: Dirent[] = [];
  await using opened = await openDirectory(directory, path);
  let truncated = false;
  for (let entry = await opened.read(); entry !== null; entry = await opened.read()) {
    if (found.length === mostEntries) {
      truncated = true;
      break;
    }
    found.push(entry);
  }
  found.sort((left, right) => (left.name < right.name ? -1 : 1));
  const entries = await Promise.all(found.map((entry) => toEntry(root, directory, entry)));
  return { path: relative(root, directory).replaceAll(sep, "/"), entries, truncated };
};

/** Where the path leads once every symbolic link was followed. */
const canonicalPath = async (root: string, path: string): Promise<string> => {
  if (path.includes("\0")) throw notFound(path);
  const named = resolve(root, path);
  if (!isInside(root, named)) throw outside(path);
  for (let at = named; ; at = dirname(at)) {
    const canonical = await realpath(at).catch(() => undefined);
    if (canonical === undefined) continue;
    // Of what is not there, the nearest directory above it decides: what lies outside is not told by its absence either.
    if (!isInside(root, canonical)) throw outside(path);
    if (at !== named) throw notFound(path);
    return canonical;
  }
};

const openDirectory = async (directory: string, path: string): Promise<Dir> =>
  opendir(directory).catch((error: unknown) => {
    throw notFound(path, error);
  });

const toEntry = async (root: string, directory: string, entry: Dirent): Promise<FileEntry> => {
  const { name } = entry;
  if (!entry.isSymbolicLink()) return { name, kind: kindOf(entry) };
  const target = await realpath(resolve(directory, name)).catch(() => undefined);
  if (target === undefined || !isInside(root, target)) return { name, kind: "link" };
  return { name, kind: await stat(target).then(kindOf, () => "link" as const) };
};

const kindOf = (entry: Pick<Dirent, "isDirectory" | "isFile">): FileEntry["kind"] =>
  entry.isDirectory() ? "directory" : entry.isFile() ? "file" : "other";

const isInside = (root: string, path: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);

const outside = (path: string): HoldfastError<"location.path-outside"> =>
  new HoldfastError("location.path-outside", {
    message: `Expected a path within the Location, found ${JSON.stringify(path)}, which leads out of it. Name one within, or another Location.`,
    data: { path },
  });

const notFound = (path: string, cause?: unknown): HoldfastError<"location.path-not-found"> =>
  new HoldfastError("location.path-not-found", {
    message: `Expected a directory of the Location that can be read at ${JSON.stringify(path)}, found none. List the one above it.`,
    data: { path },
    cause,
  });
