import { toLexicalPath } from "./lexical-path.ts";
import { resolveTarget } from "./target.ts";

import type { PrepareContext } from "@holdfast/core/tool";
import type { Target } from "./target.ts";

/**
 * The target of a path that the rules allow. They are asked by the path's text before anything on the disk is looked at, so that a
 * refusal says nothing of what is there; and again where links lead elsewhere, so that a link is no way around a rule.
 *
 * @throws ToolFailure for a path that leads out, or to nothing that can be used.
 */
export const authorizePath = async (
  path: string,
  { action, ctx }: { readonly action: "read" | "edit" | "grep" | "glob"; readonly ctx: PrepareContext },
): Promise<Target> => {
  const lexical = toLexicalPath(path, ctx.location.directory);
  await ctx.permission.assert({ action, resources: [lexical.resource] });
  ctx.signal.throwIfAborted();
  const target = await resolveTarget(lexical, ctx.location.directory);
  if (target.path !== lexical.resource) await ctx.permission.assert({ action, resources: [target.path] });
  return target;
};
