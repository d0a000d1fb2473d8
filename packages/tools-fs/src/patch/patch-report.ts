import { ToolFailure } from "@holdfast/core/tool";

import { toFileFailure } from "../files/file-failure.ts";
import { fileStateOf } from "./file-state.ts";
import { pathOf } from "./patch-effect.ts";

import type { PathService } from "../paths/path-service.ts";
import type { FileState } from "./file-state.ts";
import type { FileEffect } from "./patch-effect.ts";

/** A patch whose writing failed, and at which of its files. */
export interface FailedPatch {
  readonly files: readonly FileEffect[];
  readonly failedAt: number;
  readonly directory: string;
  readonly error: unknown;
}

/** What the model reads of a patch whose writing failed: what is and what is not applied, by what stands there now. */
export const reportFailure = async (
  paths: PathService,
  { files, failedAt, directory, error }: FailedPatch,
): Promise<unknown> => {
  const failure = toFileFailure(error, pathOf(files[failedAt] as FileEffect));
  if (!(failure instanceof Error)) return failure;
  const states: FileState[] = [];
  for (const [index, file] of files.entries()) {
    // What cannot be looked at is said to be as far as the writing had come.
    states.push(await fileStateOf(paths, file, directory).catch(() => (index < failedAt ? "applied" : "not")));
  }
  const isUntouched = states.every((state) => state === "not" || state === "other");
  if (failedAt === 0 && isUntouched) return failure;
  const inState = (...some: readonly FileState[]) =>
    list(files.filter((_, index) => some.includes(states[index] ?? "not")));
  const half = states.includes("half")
    ? ` Copied to its new place, and not removed from the old one: ${inState("half")}.`
    : "";
  return new ToolFailure(
    `The patch is applied in part. Applied: ${inState("applied")}.${half} Not applied: ${inState("not", "other")}. ` +
      `It stopped there because: ${failure.message}`,
    { cause: error },
  );
};

const list = (files: readonly FileEffect[]): string => (files.length === 0 ? "nothing" : files.map(pathOf).join(", "));
