import { fromOutputRef, ToolFailure } from "@holdfast/core/tool";

import type { PrepareContext } from "@holdfast/core/tool";

const scheme = "tool-output://";

/** Whether a path is a reference to an output, and no file's. */
export const isOutputRef = (path: string): boolean => path.startsWith(scheme);

/**
 * Asks for an output by its reference, as for a file by its path. Whose it is is looked at when it is read.
 *
 * @throws ToolFailure for what no reference looks like.
 */
export const authorizeOutput = async (reference: string, ctx: PrepareContext): Promise<{ readonly output: string }> => {
  if (fromOutputRef(reference) === null) {
    throw new ToolFailure(
      `Expected a reference as results name them, ${scheme}SESSION/CALL/ATTEMPT, found ${reference.slice(0, 200)}. Copy it from the result.`,
    );
  }
  await ctx.permission.assert({ action: "read", resources: [reference], always: [`${scheme}*`] });
  return { output: reference };
};
