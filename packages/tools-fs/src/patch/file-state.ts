import { join } from "node:path";

import { readTarget } from "../files/read-target.ts";
import { sha256 } from "../files/sha256.ts";

import type { PathService } from "../paths/path-service.ts";
import type { FileEffect } from "./patch-effect.ts";

/** How far one file of a patch has come. `half`: a move whose new file is there, and the old one, too. `other`: neither before nor after. */
export type FileState = "not" | "half" | "applied" | "other";

/** Looks how far a file of a patch has come: by what stands at its paths now. Changes nothing. */
export const fileStateOf = async (paths: PathService, file: FileEffect, directory: string): Promise<FileState> => {
  const hashAt = (path: string) => hashOf(paths, path, directory);
  switch (file.kind) {
    case "add":
      return judge(await hashAt(file.place.path), { before: null, after: file.after });
    case "delete":
      return judge(await hashAt(file.target.path), { before: file.before, after: null });
    case "update":
      return judge(await hashAt(file.target.path), file);
    case "move": {
      const [from, to] = [await hashAt(file.target.path), await hashAt(file.place.path)];
      if (to === file.after) return from === null ? "applied" : from === file.before ? "half" : "other";
      return to === null && from === file.before ? "not" : "other";
    }
    default:
      return file satisfies never;
  }
};

const judge = (
  found: string | null,
  { before, after }: { readonly before: string | null; readonly after: string | null },
): FileState => (found === after ? "applied" : found === before ? "not" : "other");

/** The hash of what stands at a path; null for nothing, and no hash for what is no file that could be read. */
const hashOf = async (paths: PathService, path: string, directory: string): Promise<string | null> => {
  const place = await paths.resolvePlace({ absolute: join(directory, path), resource: path }, directory);
  // Through a link that was not there, nothing says what became of the place that was meant.
  if (place.path !== path) return "";
  if (place.kind === "free") return null;
  if (place.target.kind !== "file") return "";
  return sha256((await readTarget(paths.files, place.target)).bytes);
};
