import { definePlugin } from "@holdfast/core/plugin";

import { KeyedLock } from "./files/keyed-lock.ts";
import { nodeFileSystem } from "./node-file-system.ts";
import { PathService } from "./paths/path-service.ts";
import { createApplyPatchTool } from "./tools/apply-patch-tool.ts";
import { createBashTool } from "./tools/bash-tool.ts";
import { createEditTool } from "./tools/edit-tool.ts";
import { createReadTool } from "./tools/read-tool.ts";
import { createWriteTool } from "./tools/write-tool.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { Tool } from "@holdfast/core/tool";
import type { FileSystem } from "./file-system.ts";

/** The tools of this package, by name. */
export type FsToolName = "read" | "write" | "edit" | "apply_patch" | "bash";

/** What a host may choose. */
export interface FsToolsOptions {
  /** Which tools the model is told of. Default: all of them. What they may do is for the runtime's rules to say. */
  readonly tools?: readonly FsToolName[] | undefined;
  /**
   * The environment of the commands that `bash` runs, whole. Default: the host's own, as it is when a command starts. Name one where
   * the host's holds secrets that a command must not see.
   */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** The files that `read`, `write` and `edit` work on. Default: this machine's. Commands always run on this machine. */
  readonly fileSystem?: FileSystem | undefined;
}

/** A plugin with the file and shell tools `read`, `write`, `edit`, `apply_patch` and `bash`, each bound to the Location's directory. */
export const fsTools = ({ tools, environment, fileSystem = nodeFileSystem }: FsToolsOptions = {}): Plugin => {
  const paths = new PathService(fileSystem);
  const lock = new KeyedLock();
  const all = {
    read: createReadTool(paths),
    write: createWriteTool(paths, lock),
    edit: createEditTool(paths, lock),
    apply_patch: createApplyPatchTool(paths, lock),
    bash: createBashTool({ environment }),
  } satisfies Record<FsToolName, Tool>;
  const chosen = tools === undefined ? Object.values(all) : [...new Set(tools)].map((name) => all[name]);
  return definePlugin({
    name: "@holdfast/tools-fs",
    setup: (ctx) => {
      for (const tool of chosen) ctx.tools.register(tool);
    },
  });
};
