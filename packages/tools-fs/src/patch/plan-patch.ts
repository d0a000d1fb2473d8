import { ToolFailure } from "@holdfast/core/tool";

import { assertWritable } from "../files/assert-writable.ts";
import { readTarget } from "../files/read-target.ts";
import { sha256 } from "../files/sha256.ts";
import { toRecordedPlace } from "../paths/place.ts";
import { toIdentity } from "../paths/target.ts";
import { patchText } from "./patch-text.ts";

import type { FileStat } from "../file-system.ts";
import type { PathService } from "../paths/path-service.ts";
import type { FreePlace, Place } from "../paths/place.ts";
import type { Target } from "../paths/target.ts";
import type { FileChange } from "./file-change.ts";
import type { FileEffect } from "./patch-effect.ts";

/** A file of a patch with all that is written of it, worked out before the first write. */
export interface PlannedFile {
  readonly effect: FileEffect;
  /** Its new content; absent where it is deleted. */
  readonly content?: Buffer;
  /** The file as it was read; absent where it is new. */
  readonly stats?: FileStat;
}

/** A change with what stands at its paths. */
export interface PlacedChange {
  readonly change: FileChange;
  readonly place: Place;
  readonly moveTo: Place | undefined;
}

/**
 * Works out what a patch makes of every file. Nothing is written: one change that does not fit refuses the whole patch.
 *
 * @throws ToolFailure that names the file and the first line that does not fit.
 */
export const planPatch = async (
  paths: PathService,
  placed: readonly PlacedChange[],
): Promise<readonly PlannedFile[]> => {
  assertDistinct(placed);
  assertReachable(placed);
  const planned: PlannedFile[] = [];
  for (const one of placed) planned.push(await planFile(paths, one));
  return planned;
};

const planFile = async (paths: PathService, { change, place, moveTo }: PlacedChange): Promise<PlannedFile> => {
  if (change.kind === "add") {
    const content = Buffer.from(change.text);
    return { effect: { kind: "add", place: toRecordedPlace(free(place, "added")), after: sha256(content) }, content };
  }
  const target = fileAt(place);
  await assertWritable(paths.files, target);
  const { bytes, stats } = await readTarget(paths.files, target);
  const known = { target: toIdentity(target), before: sha256(bytes) };
  if (change.kind === "delete") return { effect: { kind: "delete", ...known }, stats };
  const content = patchText(target.path, bytes, change.hunks);
  const after = sha256(content);
  if (moveTo === undefined && after === known.before)
    throw new ToolFailure(`The change of ${target.path} changes nothing. Nothing was changed: leave it out.`);
  if (moveTo === undefined) return { effect: { kind: "update", ...known, after }, content, stats };
  return {
    effect: { kind: "move", ...known, place: toRecordedPlace(free(moveTo, "moved to")), after },
    content,
    stats,
  };
};

const free = (place: Place, purpose: string): FreePlace => {
  if (place.kind === "free") return place;
  throw new ToolFailure(
    `${place.path} is to be ${purpose}, and it is there already. Nothing was changed: update it instead.`,
  );
};

const fileAt = (place: Place): Target => {
  if (place.kind === "free")
    throw new ToolFailure(
      `There is nothing at ${place.path}. Nothing was changed: add it, or look for its right name.`,
    );
  if (place.target.kind === "file") return place.target;
  throw new ToolFailure(`${place.path} is a directory, and only files can be patched. Nothing was changed.`);
};

/** Each path belongs to one change: what two of them do to one file depends on their order, and cannot be probed. */
const assertDistinct = (placed: readonly PlacedChange[]): void => {
  const seen = new Set<string>();
  for (const path of placed.flatMap(({ place, moveTo }) =>
    moveTo === undefined ? [place.path] : [place.path, moveTo.path],
  )) {
    if (seen.has(path))
      throw new ToolFailure(`${path} stands in the patch twice. Put all changes of a file into one section.`);
    seen.add(path);
  }
};

/** What is to be a file has nothing below it. */
const assertReachable = (placed: readonly PlacedChange[]): void => {
  const made = placed.flatMap(({ change, place, moveTo }) => (change.kind === "add" ? [place] : (moveTo ?? [])));
  for (const { path } of made) {
    const above = made.find((other) => path.startsWith(`${other.path}/`));
    if (above !== undefined)
      throw new ToolFailure(`${path} is to be below ${above.path}, which is to be a file. Nothing was changed.`);
  }
};
