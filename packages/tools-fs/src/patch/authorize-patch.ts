import { toLexicalPath } from "../paths/lexical-path.ts";
import { previewText } from "../text/preview-text.ts";

import type { PrepareContext } from "@holdfast/core/tool";
import type { PathService } from "../paths/path-service.ts";
import type { FileChange } from "./file-change.ts";
import type { PlacedChange } from "./plan-patch.ts";

/** Asks for all paths together, before anything is looked at; and once more for those that links lead elsewhere. */
export const authorizePatch = async (
  paths: PathService,
  { changes, text }: { readonly changes: readonly FileChange[]; readonly text: string },
  ctx: PrepareContext,
): Promise<readonly PlacedChange[]> => {
  const { directory } = ctx.location;
  const lexical = changes.map((change) => ({
    change,
    path: toLexicalPath(change.path, directory),
    moveTo:
      change.kind === "update" && change.moveTo !== undefined ? toLexicalPath(change.moveTo, directory) : undefined,
  }));
  const asked = new Set(
    lexical.flatMap(({ path, moveTo }) => [path.resource, ...(moveTo === undefined ? [] : [moveTo.resource])]),
  );
  const preview = { patch: previewText(text) };
  await ctx.permission.assert({ action: "edit", resources: [...asked], preview });
  ctx.signal.throwIfAborted();
  const placed: PlacedChange[] = [];
  for (const { change, path, moveTo } of lexical) {
    const place = await paths.resolvePlace(path, directory);
    placed.push({
      change,
      place,
      moveTo: moveTo === undefined ? undefined : await paths.resolvePlace(moveTo, directory),
    });
  }
  const found = placed.flatMap(({ place, moveTo }) => [place.path, ...(moveTo === undefined ? [] : [moveTo.path])]);
  const elsewhere = [...new Set(found)].filter((path) => !asked.has(path));
  if (elsewhere.length > 0) await ctx.permission.assert({ action: "edit", resources: elsewhere, preview });
  return placed;
};
