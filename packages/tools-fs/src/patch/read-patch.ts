import { ToolFailure } from "@holdfast/core/tool";

import { parsePatch } from "./parse-patch.ts";

import type { FileChange } from "./file-change.ts";

/** How long a patch may be, in UTF-16 units. */
export const maxPatchCharacters = 1024 * 1024;
const maxFiles = 100;

/**
 * The changes of a patch.
 *
 * @throws ToolFailure that names the first line that is not in its form.
 */
export const readPatch = (text: string): readonly FileChange[] => {
  if (!text.isWellFormed())
    throw new ToolFailure("The patch holds half of a character (a lone surrogate), which no file can hold.");
  const parsed = parsePatch(text);
  if (!parsed.ok)
    throw new ToolFailure(
      `The patch is not in its form at line ${parsed.line}: ${parsed.reason}. Nothing was changed.`,
    );
  if (parsed.changes.length <= maxFiles) return parsed.changes;
  throw new ToolFailure(
    `The patch changes ${parsed.changes.length} files, and one may change ${maxFiles}. Nothing was changed.`,
  );
};
