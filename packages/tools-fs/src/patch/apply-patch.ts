import { dirname, join } from "node:path";

import { canonicalJson } from "@holdfast/core";
import { ToolFailure } from "@holdfast/core/tool";

import { temporaryNameOf } from "../files/temporary-name.ts";
import { toLexicalPath } from "../paths/lexical-path.ts";
import { fileStateOf } from "./file-state.ts";
import { pathOf } from "./patch-effect.ts";
import { reportFailure } from "./patch-report.ts";
import { planPatch } from "./plan-patch.ts";
import { removeDurably, writePlannedFile } from "./write-planned-file.ts";

import type { ExecuteContext } from "@holdfast/core/tool";
import type { PathService } from "../paths/path-service.ts";
import type { FileChange } from "./file-change.ts";
import type { FileState } from "./file-state.ts";
import type { FileEffect } from "./patch-effect.ts";
import type { PlacedChange, PlannedFile } from "./plan-patch.ts";
import type { PatchWriting } from "./write-planned-file.ts";

/** A patch as it was recorded, and as the model wrote it. */
export interface RecordedPatch {
  readonly files: readonly FileEffect[];
  readonly changes: readonly FileChange[];
  readonly ctx: ExecuteContext;
}

/** What was done to one file. */
export type AppliedFile = { readonly kind: FileEffect["kind"]; readonly path: string; readonly to?: string };

/**
 * Writes a patch, file by file. Continued after a crash, it does what is missing, and nothing twice.
 *
 * @throws ToolFailure where nothing was written, or with what is and what is not applied.
 */
export const applyPatch = async (
  paths: PathService,
  { files, changes, ctx }: RecordedPatch,
): Promise<{ readonly applied: AppliedFile[] }> => {
  const { directory } = ctx.location;
  // The first time all of it is left to write. Planning it reads every file, and need not be told of each before.
  const states = ctx.attempt === 1 ? files.map((): FileState => "not") : await approvedStates(paths, files, ctx);
  const planned = await planRest(paths, { files, changes, ctx }, states).catch(async (error: unknown) => {
    // What does not fit any more did fit when it was prepared: the files that changed since are named.
    if (ToolFailure.isInstance(error)) await approvedStates(paths, files, ctx);
    throw error;
  });
  // From here on nothing is interrupted: a patch that stops half-way is worse than one that takes a moment longer.
  ctx.signal.throwIfAborted();
  const writing = { paths, directory, temporaryName: temporaryNameOf(ctx.callId) };
  for (const [index, file] of files.entries()) {
    const plan = planned.get(index);
    try {
      if (plan === undefined) await finishWritten(writing, file, states[index] ?? "other");
      else await writePlannedFile(writing, plan);
    } catch (error) {
      throw await reportFailure(paths, { files, failedAt: index, directory, error });
    }
  }
  return { applied: files.map(toApplied) };
};

/** What a process left to do that was killed after it had written a file. */
const finishWritten = async (
  { paths, directory, temporaryName }: PatchWriting,
  file: FileEffect,
  state: FileState,
): Promise<void> => {
  if (state === "half") await removeDurably(paths, (await paths.recheckTarget(targetOf(file), directory)).absolute);
  if (file.kind !== "add" && file.kind !== "move") return;
  // A new file has two names for a moment, and that of the temporary one may have stayed.
  const place = await paths.recheckPath(file.place.path, directory);
  if (place.kind === "taken") await paths.files.remove(join(dirname(place.target.absolute), temporaryName));
};

/** How far each file is. The first time nothing of it may be there; when it is continued, each is as it was before or after. */
const approvedStates = async (
  paths: PathService,
  files: readonly FileEffect[],
  { attempt, location }: ExecuteContext,
): Promise<readonly FileState[]> => {
  const states: FileState[] = [];
  for (const file of files) states.push(await fileStateOf(paths, file, location.directory));
  const expected: ReadonlySet<FileState> = new Set(attempt === 1 ? ["not"] : ["not", "half", "applied"]);
  const changed = files.filter((_file, index) => !expected.has(states[index] ?? "other"));
  if (changed.length === 0) return states;
  const named = changed.map(pathOf).join(", ");
  throw new ToolFailure(
    `Changed after this patch was prepared: ${named}. Nothing was written: read what is there, then patch it.`,
  );
};

/** What is left to write, worked out anew: it has to come to what was recorded. */
const planRest = async (
  paths: PathService,
  { files, changes, ctx }: RecordedPatch,
  states: readonly FileState[],
): Promise<ReadonlyMap<number, PlannedFile>> => {
  const { directory } = ctx.location;
  const open = changes.flatMap((change, index) => (states[index] === "not" ? [{ change, index }] : []));
  const placed: PlacedChange[] = [];
  for (const { change } of open) {
    const place = await paths.resolvePlace(toLexicalPath(change.path, directory), directory);
    const moved = change.kind === "update" ? change.moveTo : undefined;
    const moveTo =
      moved === undefined ? undefined : await paths.resolvePlace(toLexicalPath(moved, directory), directory);
    placed.push({ change, place, moveTo });
  }
  const planned = await planPatch(paths, placed);
  return new Map(
    open.map(({ index }, position) => {
      const [plan, recorded] = [planned[position], files[index]];
      if (plan === undefined || recorded === undefined)
        throw new TypeError("a patch was planned without one of its files");
      const isSame =
        ctx.attempt === 1
          ? canonicalJson(plan.effect) === canonicalJson(recorded)
          : isSameChange(plan.effect, recorded);
      if (isSame) return [index, plan];
      throw new ToolFailure(
        `${pathOf(recorded)} was replaced by something else after this call was approved. Nothing was written: call it again.`,
      );
    }),
  );
};

/** Directories may have been made since, so that a place is below another one. */
const isSameChange = (left: FileEffect, right: FileEffect): boolean =>
  left.kind === right.kind && pathOf(left) === pathOf(right) && afterOf(left) === afterOf(right);

const afterOf = (file: FileEffect): string => (file.kind === "delete" ? "" : file.after);

const targetOf = (file: FileEffect) => {
  if (file.kind === "add") throw new TypeError("a new file has no target");
  return file.target;
};

/** What the model is told of a file that was changed. */
export const toApplied = (file: FileEffect): AppliedFile => ({
  kind: file.kind,
  path: pathOf(file),
  ...(file.kind === "move" ? { to: file.place.path } : {}),
});
