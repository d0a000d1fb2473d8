import { join } from "node:path";

import { ToolFailure } from "@holdfast/core/tool";

import { isSameTarget, resolveTarget, targetSchema } from "./target.ts";

import type { ExecuteContext } from "@holdfast/core/tool";
import type { Target } from "./target.ts";

/**
 * The target that was recorded before the call began, if it is still the same one.
 *
 * @throws ToolFailure where something else stands in its place by now.
 */
export const recheckTarget = async ({ effect, location }: ExecuteContext): Promise<Target> => {
  const approved = targetSchema.parse(effect);
  const absolute = join(location.directory, approved.path);
  const target = await resolveTarget({ absolute, resource: approved.path }, location.directory);
  if (isSameTarget(approved, target)) return target;
  throw replacedFailure(approved.path);
};

/** What the model reads when a target was exchanged between its approval and its use. */
export const replacedFailure = (path: string): ToolFailure =>
  new ToolFailure(
    `${path} was replaced by something else after this call was approved. Nothing was done: call it again.`,
  );
