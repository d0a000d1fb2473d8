import { join } from "node:path";

import { defineTool } from "@holdfast/core/tool";
import * as z from "zod";

import { applyPatch } from "../patch/apply-patch.ts";
import { authorizePatch } from "../patch/authorize-patch.ts";
import { patchEffectSchema, pathOf } from "../patch/patch-effect.ts";
import { probePatch } from "../patch/probe-patch.ts";
import { planPatch } from "../patch/plan-patch.ts";
import { maxPatchCharacters, readPatch } from "../patch/read-patch.ts";

import type { Tool } from "@holdfast/core/tool";
import type { KeyedLock } from "../files/keyed-lock.ts";
import type { PathService } from "../paths/path-service.ts";

const inputSchema = z.strictObject({
  patch: z.string().min(1).max(maxPatchCharacters).describe("The whole patch, from *** Begin Patch to *** End Patch"),
});

const outputSchema = z.strictObject({
  applied: z.array(
    z.strictObject({
      kind: z.enum(["add", "delete", "update", "move"]),
      path: z.string(),
      to: z.string().exactOptional(),
    }),
  ),
});

/**
 * Changes several files by one patch. All of it is worked out before the first write, so that a patch that does not fit changes nothing; once
 * the first file is written the others follow, whatever asks for an end meanwhile. Changes of one file wait for each other.
 */
export const createApplyPatchTool = (paths: PathService, lock: KeyedLock): Tool =>
  defineTool({
    name: "apply_patch",
    description: `Changes files by a patch in this form:
*** Begin Patch
*** Add File: path
+a line of the new file
*** Update File: path
*** Move to: new path (only to move it)
@@ a line that stands above the change (optional)
 a line that stays
-a line that goes
+a line that comes
*** Delete File: path
*** End Patch
Each file has one section. A patch that does not fit changes nothing.`,
    input: inputSchema,
    output: outputSchema,
    replay: "probe",
    prepare: async ({ patch }, ctx) => {
      const planned = await planPatch(
        paths,
        await authorizePatch(paths, { changes: readPatch(patch), text: patch }, ctx),
      );
      return { files: planned.map(({ effect }) => effect) };
    },
    execute: async ({ patch }, ctx) => {
      const { files } = patchEffectSchema.parse(ctx.effect);
      const touched = files.flatMap((file) =>
        file.kind === "move" ? [pathOf(file), file.place.path] : [pathOf(file)],
      );
      const keys = touched.map((path) => join(ctx.location.directory, path));
      return lock.runAll(keys, () => applyPatch(paths, { files, changes: readPatch(patch), ctx }));
    },
    probe: async (effect, ctx) => probePatch(paths, patchEffectSchema.parse(effect).files, ctx),
    present: ({ applied }) =>
      `Applied:\n${applied.map(({ kind, path, to }) => `${letters[kind]} ${path}${to === undefined ? "" : ` -> ${to}`}`).join("\n")}`,
  });

const letters = { add: "A", delete: "D", update: "M", move: "R" } as const;
