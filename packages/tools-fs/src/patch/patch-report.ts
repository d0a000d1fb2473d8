import { ToolFailure } from "@holdfast/core/tool";

import { toFileFailure } from "../files/file-failure.ts";
import { pathOf } from "./patch-effect.ts";

import type { FileEffect } from "./patch-effect.ts";

/** What the model reads of a patch whose writing failed between two files: what is and what is not applied. */
export const reportFailure = (files: readonly FileEffect[], failedAt: number, error: unknown): unknown => {
  const failure = toFileFailure(error, pathOf(files[failedAt] as FileEffect));
  if (!(failure instanceof Error) || (failedAt === 0 && ToolFailure.isInstance(failure))) return failure;
  return new ToolFailure(
    `The patch is applied in part. Applied: ${list(files.slice(0, failedAt))}. Not applied: ${list(files.slice(failedAt))}. ` +
      `It stopped there because: ${failure.message}`,
    { cause: error },
  );
};

const list = (files: readonly FileEffect[]): string => (files.length === 0 ? "nothing" : files.map(pathOf).join(", "));
