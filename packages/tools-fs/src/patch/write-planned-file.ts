import { dirname } from "node:path";

import { createFile } from "../files/create-file.ts";
import { assertUntouched, replaceFile } from "../files/replace-file.ts";
import { replacedFailure } from "../paths/path-service.ts";

import type { PathService } from "../paths/path-service.ts";
import type { FreePlace, RecordedPlace } from "../paths/place.ts";
import type { PlannedFile } from "./plan-patch.ts";

/** Where a patch is written, and how its temporary files are named. */
export interface PatchWriting {
  readonly paths: PathService;
  readonly directory: string;
  readonly temporaryName: string;
}

// What was begun is finished: a patch that stops half-way is worse than one that takes a moment longer.
const { signal } = new AbortController();

/**
 * Writes one file of a patch, after another look at what stands in its place.
 *
 * @throws ToolFailure where something else does, or the system refuses.
 */
export const writePlannedFile = async (
  writing: PatchWriting,
  { effect, content, stats }: PlannedFile,
): Promise<void> => {
  const { paths, directory, temporaryName } = writing;
  if (effect.kind === "add") {
    await createFile(paths.files, await freePlace(writing, effect.place), {
      content: whole(content),
      temporaryName,
      signal,
    });
    return;
  }
  if (stats === undefined) throw new TypeError("the change of a file was planned without its stat");
  const target = await paths.recheckTarget(effect.target, directory);
  if (effect.kind === "delete") {
    await assertUntouched(paths.files, target, stats);
    await removeDurably(paths, target.absolute);
  } else if (effect.kind === "update") {
    await replaceFile(paths.files, target, { content: whole(content), before: stats, temporaryName, signal });
  } else {
    const creation = { content: whole(content), temporaryName, mode: stats.mode, signal };
    await createFile(paths.files, await freePlace(writing, effect.place), creation);
    await assertUntouched(paths.files, target, stats);
    await removeDurably(paths, target.absolute);
  }
};

/** Removes a file, and sees to it that it stays removed after a loss of power. */
export const removeDurably = async ({ files }: PathService, path: string): Promise<void> => {
  await files.remove(path);
  await files.syncDirectory(dirname(path));
};

/** The place as it is now: the file before may have made its directories. Its path is canonical, so that no link leads elsewhere. */
const freePlace = async ({ paths, directory }: PatchWriting, { path }: RecordedPlace): Promise<FreePlace> => {
  const place = await paths.recheckPath(path, directory);
  if (place.kind === "free") return place;
  throw replacedFailure(path);
};

const whole = (content: Buffer | undefined): Buffer => {
  if (content === undefined) throw new TypeError("a file was planned without its content");
  return content;
};
