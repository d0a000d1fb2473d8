import { isAbsolute, relative, resolve, sep } from "node:path";

import { ToolFailure } from "@holdfast/core/tool";

/** A path by its text alone: nothing on the disk was looked at. */
export interface LexicalPath {
  readonly absolute: string;
  /** Relative to the Location, with "/" between names; "." for the Location itself. What permission rules match. */
  readonly resource: string;
}

/**
 * Reads the path that a model named, relative to the Location or absolute inside it.
 *
 * @throws ToolFailure for one that leads out, or that no file system could hold.
 */
export const toLexicalPath = (path: string, directory: string): LexicalPath => {
  if (path.includes("\0"))
    throw new ToolFailure("The path holds a NUL character, which no file name can. Name the file without it.");
  const absolute = resolve(directory, path);
  const resource = toResource(absolute, directory);
  if (resource !== undefined) return { absolute, resource };
  const found = isAbsolute(path) ? "an absolute path outside of it" : "a relative path that climbs out of it";
  throw new ToolFailure(
    `Expected a path inside ${directory}, found ${found}: ${path}. Name a file or directory inside it.`,
  );
};

/** A path as permission rules see it; undefined where it is not inside the directory. */
export const toResource = (absolute: string, directory: string): string | undefined => {
  const inside = relative(directory, absolute);
  if (inside === "") return ".";
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return undefined;
  return sep === "/" ? inside : inside.replaceAll(sep, "/");
};
