import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonObject } from "@holdfast/core";
import type { FsToolName } from "../src/index.ts";

/** An edit of a file that says something secret. */
export const edit = (path: string) => ({ path, oldText: "secret", newText: "public" });

/** A folder beside the Location, with a file in it. */
export const outside = () => {
  const path = mkdtempSync(join(tmpdir(), "holdfast-outside-"));
  writeFileSync(join(path, "secret.txt"), "secret\n");
  return {
    path,
    file: join(path, "secret.txt"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
};

/** A call of each tool by its path. */
export const inputs: Record<FsToolName, (path: string) => JsonObject> = {
  read: (path) => ({ path }),
  write: (path) => ({ path, content: "public" }),
  edit,
  apply_patch: (path) => ({
    patch: `*** Begin Patch\n*** Update File: ${path}\n@@\n-secret\n+public\n*** End Patch`,
  }),
  grep: (path) => ({ pattern: "secret", path }),
  glob: (path) => ({ pattern: "*", path }),
  bash: (path) => ({ command: "cat secret.txt", workdir: path }),
};
