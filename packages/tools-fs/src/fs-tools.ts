import { definePlugin } from "@holdfast/core/plugin";

import { createEnvironmentSource } from "./context/environment-source.ts";
import { InstructionFiles } from "./context/instruction-files.ts";
import { KeyedLock } from "./files/keyed-lock.ts";
import { nodeFileSystem } from "./node-file-system.ts";
import { PathService } from "./paths/path-service.ts";
import { defaultStateDirectory } from "./shell/call-folder.ts";
import { sweepCallFolders } from "./shell/sweep-call-folders.ts";
import { createApplyPatchTool } from "./tools/apply-patch-tool.ts";
import { createBashTool } from "./tools/bash-tool.ts";
import { createEditTool } from "./tools/edit-tool.ts";
import { createGlobTool } from "./tools/glob-tool.ts";
import { createGrepTool } from "./tools/grep-tool.ts";
import { createReadTool } from "./tools/read-tool.ts";
import { createWriteTool } from "./tools/write-tool.ts";

import type { Plugin, PluginContext } from "@holdfast/core/plugin";
import type { Tool } from "@holdfast/core/tool";
import type { FileSystem } from "./file-system.ts";

/** The tools of this package, by name. */
export type FsToolName = "read" | "write" | "edit" | "apply_patch" | "glob" | "grep" | "bash";

/** What a host may choose. */
export interface FsToolsOptions {
  /** Which tools the model is told of. Default: all of them. What they may do is for the runtime's rules to say. */
  readonly tools?: readonly FsToolName[] | undefined;
  /**
   * The environment of the commands that `bash` runs, whole. Default: the host's own, as it is when a command starts, without what looks
   * like a secret by its name, and without code for the shell.
   */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /**
   * The files that `read`, `write`, `edit` and `apply_patch` work on. Default: this machine's. Searches and commands always run on this
   * machine.
   */
  readonly fileSystem?: FileSystem | undefined;
  /** Names of the host's environment that commands get although they look like a secret's. Default: none. */
  readonly passEnvironment?: readonly string[] | undefined;
  /**
   * Where `bash` keeps the output of running commands, and which processes they are, so that another process finds them after a crash: a
   * directory of this user alone. Default: `holdfast-UID` in the system's directory for temporary files. What crashed calls left there and
   * nobody took over is removed after 7 days.
   */
  readonly stateDirectory?: string | undefined;
  /**
   * What the model is told beside the conversation, and kept up to date about: the working directory, and the instructions in `AGENTS.md`
   * files, of the Location's directory, of those above it up to the root of the repository, and of each folder below it once a file there
   * was read. False for none of it.
   */
  readonly context?: false | { readonly globalFile?: string | undefined } | undefined;
  /** After how many milliseconds `glob` and `grep` are ended, and answer with what they have found. Default 20,000. */
  readonly searchTimeoutMs?: number | undefined;
}

/** A plugin with tools for files, searches and commands, each bound to the Location's directory. */
export const fsTools = (options: FsToolsOptions = {}): Plugin => {
  const { tools, searchTimeoutMs, fileSystem = nodeFileSystem, context = {}, ...shell } = options;
  const paths = new PathService(fileSystem);
  const lock = new KeyedLock();
  const all = {
    read: createReadTool(paths),
    write: createWriteTool(paths, lock),
    edit: createEditTool(paths, lock),
    apply_patch: createApplyPatchTool(paths, lock),
    glob: createGlobTool({ searchTimeoutMs }),
    grep: createGrepTool({ searchTimeoutMs }),
    bash: createBashTool(shell),
  } satisfies Record<FsToolName, Tool>;
  const chosen = tools === undefined ? Object.values(all) : [...new Set(tools)].map((name) => all[name]);
  return definePlugin({
    name: "@holdfast/tools-fs",
    setup: (ctx) => {
      for (const tool of chosen) ctx.tools.register(tool);
      if (context !== false) tellContext(ctx, new InstructionFiles(fileSystem, ctx.location, context.globalFile));
      if (!chosen.includes(all.bash)) return undefined;
      const { stateDirectory = defaultStateDirectory() } = shell;
      // Beside everything else: a slow disk delays no Location. By the system's own clock, as the times of its folders are.
      const sweeping = sweepCallFolders(stateDirectory, Date.now(), ctx.signal).catch((error: unknown) =>
        ctx.log.warn("the folders of calls that are long over could not be removed", { reason: String(error) }),
      );
      return () => sweeping;
    },
  });
};

const tellContext = (ctx: PluginContext, instructions: InstructionFiles): void => {
  ctx.context.register(createEnvironmentSource(ctx.location.directory, instructions));
  ctx.hooks.contextCollecting.tapPromise(async (collection) => ({
    ...collection,
    sources: [...collection.sources, ...(await instructions.sourcesFor(collection))],
  }));
};
