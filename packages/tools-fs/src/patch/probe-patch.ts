import { toApplied } from "./apply-patch.ts";
import { fileStateOf } from "./file-state.ts";
import { pathOf } from "./patch-effect.ts";

import type { ProbeContext, ProbeResult } from "@holdfast/core/tool";
import type { PathService } from "../paths/path-service.ts";
import type { AppliedFile } from "./apply-patch.ts";
import type { FileEffect } from "./patch-effect.ts";

/** How far a patch has come whose process ended: by hashes of each of its files. Changes nothing. */
export const probePatch = async (
  paths: PathService,
  files: readonly FileEffect[],
  { location, signal }: ProbeContext,
): Promise<ProbeResult<{ readonly applied: AppliedFile[] }>> => {
  const found: Record<"not" | "half" | "applied" | "other", string[]> = { not: [], half: [], applied: [], other: [] };
  for (const file of files) {
    signal.throwIfAborted();
    found[await fileStateOf(paths, file, location.directory)].push(pathOf(file));
  }
  if (found.applied.length === files.length) return { outcome: "happened", output: { applied: files.map(toApplied) } };
  if (found.not.length === files.length) return { outcome: "not" };
  const detail = [
    ["Applied", found.applied],
    ["Copied to its new place, and not removed from the old one", found.half],
    ["Not applied", found.not],
    ["Changed by something else since", found.other],
  ] as const;
  return {
    outcome: found.other.length > 0 ? "unknown" : "partial",
    detail: detail.flatMap(([what, some]) => (some.length === 0 ? [] : [`${what}: ${some.join(", ")}.`])).join(" "),
  };
};
