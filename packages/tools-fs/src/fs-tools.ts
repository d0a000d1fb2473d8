import { definePlugin } from "@holdfast/core/plugin";

import { createBashTool } from "./tools/bash-tool.ts";
import { createEditTool } from "./tools/edit-tool.ts";
import { createGlobTool } from "./tools/glob-tool.ts";
import { createGrepTool } from "./tools/grep-tool.ts";
import { readTool } from "./tools/read-tool.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { Tool } from "@holdfast/core/tool";

/** The tools of this package, by name. */
export type FsToolName = "read" | "edit" | "glob" | "grep" | "bash";

/** What a host may choose. */
export interface FsToolsOptions {
  /** Which tools the model is told of. Default: all of them. What they may do is for the runtime's rules to say. */
  readonly tools?: readonly FsToolName[] | undefined;
  /**
   * The environment of the commands that `bash` runs, whole. Default: the host's own, as it is when a command starts, without what looks
   * like a secret by its name, and without code for the shell.
   */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Names of the host's environment that commands get although they look like a secret's. Default: none. */
  readonly passEnvironment?: readonly string[] | undefined;
  /**
   * Where `bash` keeps the output of running commands, and which processes they are, so that another process finds them after a crash: a
   * directory of this user alone. Default: `holdfast-UID` in the system's directory for temporary files.
   */
  readonly stateDirectory?: string | undefined;
  /** After how many milliseconds `glob` and `grep` are ended, and answer with what they have found. Default 20,000. */
  readonly searchTimeoutMs?: number | undefined;
}

/** A plugin with the file and shell tools `read`, `edit`, `glob`, `grep` and `bash`, each bound to the Location's directory. */
export const fsTools = ({ tools, searchTimeoutMs, ...shell }: FsToolsOptions = {}): Plugin => {
  const all = {
    read: readTool,
    edit: createEditTool(),
    glob: createGlobTool({ searchTimeoutMs }),
    grep: createGrepTool({ searchTimeoutMs }),
    bash: createBashTool(shell),
  } satisfies Record<FsToolName, Tool>;
  const chosen = tools === undefined ? Object.values(all) : [...new Set(tools)].map((name) => all[name]);
  return definePlugin({
    name: "@holdfast/tools-fs",
    setup: (ctx) => {
      for (const tool of chosen) ctx.tools.register(tool);
    },
  });
};
