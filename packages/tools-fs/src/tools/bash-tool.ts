import { basename } from "node:path";

import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { alwaysPatterns } from "../command/always-patterns.ts";
import { commandPermissions } from "../command/command-permissions.ts";
import { parseBash } from "../command/parse-bash.ts";
import { toLexicalPath } from "../paths/lexical-path.ts";
import { localPaths } from "../paths/local-paths.ts";
import { targetSchema, toIdentity } from "../paths/target.ts";
import { CallFolder, defaultStateDirectory } from "../shell/call-folder.ts";
import { commandEnvironment } from "../shell/command-environment.ts";
import { CommandOutput } from "../shell/command-output.ts";
import { findShell } from "../shell/find-shell.ts";
import { ProgressFeed } from "../shell/progress-feed.ts";
import { runCommand } from "../shell/run-command.ts";
import { salvageCommand } from "../shell/salvage-command.ts";

import type { ExecuteContext, PrepareContext, Tool } from "@holdfast/core/tool";
import type { PathService } from "../paths/path-service.ts";
import type { TargetIdentity } from "../paths/target.ts";
import type { CommandEnd } from "../shell/run-command.ts";

const defaultTimeoutMs = 120_000;
const maxTimeoutMs = 600_000;

// Linux takes at most 128 KiB as one argument, and a character may have 3 bytes.
const maxCommandCharacters = 32_768;

const inputSchema = z.strictObject({
  command: z.string().min(1).max(maxCommandCharacters).describe("The command, as for bash -c"),
  workdir: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe("The directory to run it in, relative to the working directory. Default: the working directory"),
  timeoutMs: z
    .int()
    .min(1)
    .max(maxTimeoutMs)
    .optional()
    .describe("After how many milliseconds it is stopped. Default 120000"),
  description: z.string().max(500).optional().describe("What it does, in a few words, for who watches"),
});
type Input = z.infer<typeof inputSchema>;

const outputSchema = z.strictObject({
  /** Standard output and standard error in the order they were written; the middle left out where it is very long. */
  output: z.string(),
  /** How many bytes of the middle were left out here. */
  omittedBytes: z.int(),
  /** As shells count: 128 and more where a signal ended it. Null where it was stopped before it had one. */
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  timedOut: z.boolean(),
  durationMs: z.int(),
});
type Output = z.infer<typeof outputSchema>;

/** The directory, and the shell for which the command was read and approved. */
const effectSchema = targetSchema.extend({ shell: z.string() });
type Effect = TargetIdentity & { readonly shell: string };

/** What of `bash` a host may choose. */
export interface BashOptions {
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly passEnvironment?: readonly string[] | undefined;
  readonly stateDirectory?: string | undefined;
  /** Default: those of this machine. */
  readonly paths?: PathService | undefined;
}

/** Runs a shell command in the foreground, in a process group of its own that ends with the call and with this process. */
export const createBashTool = (options: BashOptions = {}): Tool =>
  defineTool({
    name: "bash",
    description:
      "Runs a shell command and waits for it. Answers with its output, standard error included, and its exit code. It has no input and no terminal. What it leaves in the background is killed when it ends. It is stopped after timeoutMs (default 2 minutes, at most 10); what it had written until then is shown.",
    input: inputSchema,
    output: outputSchema,
    replay: "never",
    // The command's own limit comes first, with the time that stopping takes.
    timeoutMs: maxTimeoutMs + 20_000,
    prepare: async (input, ctx) => prepare(input, ctx, options),
    execute: async (input, ctx) => execute(input, ctx, options),
    salvage: async (ctx) => salvageCommand(folderOf(ctx.callId, options), ctx),
    present,
  });

const prepare = async (
  { command, workdir = "." }: Input,
  ctx: PrepareContext,
  options: BashOptions,
): Promise<Effect> => {
  if (process.platform === "win32")
    throw new ToolFailure("Commands need a POSIX system with /bin/sh, and this is Windows. Use the other tools.");
  if (command.includes("\0")) throw new ToolFailure("The command holds a NUL character, which no shell can take.");
  const lexical = toLexicalPath(workdir, ctx.location.directory);
  const shell = await findShell(environmentOf(options)["PATH"]);
  await authorize(command, { ctx, shell, workdir: lexical.absolute });
  ctx.signal.throwIfAborted();
  const target = await (options.paths ?? localPaths).resolve(lexical, ctx.location.directory);
  if (target.kind !== "directory")
    throw new ToolFailure(`Expected workdir to be a directory, found a file: ${target.path}.`);
  return { ...toIdentity(target), shell };
};

const authorize = async (
  command: string,
  { ctx, shell, workdir }: { readonly ctx: PrepareContext; readonly shell: string; readonly workdir: string },
): Promise<void> => {
  // Another shell may read the same text in another way.
  const parse = basename(shell) === "bash" ? parseBash : undefined;
  const { bash, edit, read, isPlain } = commandPermissions(command, {
    directory: ctx.location.directory,
    workdir,
    parse,
  });
  const always = isPlain ? (alwaysPatterns(bash) ?? []) : [];
  if (bash.length > 0) await ctx.permission.assert({ action: "bash", resources: bash, always });
  if (edit.length > 0) await ctx.permission.assert({ action: "edit", resources: edit });
  if (read.length > 0) await ctx.permission.assert({ action: "read", resources: read });
};

const execute = async (
  { command, timeoutMs = defaultTimeoutMs }: Input,
  ctx: ExecuteContext,
  options: BashOptions,
): Promise<Output> => {
  const directory = await (options.paths ?? localPaths).recheck(ctx);
  const { shell } = effectSchema.parse(ctx.effect);
  const folder = await openFolder(ctx, options);
  const onFailure = (error: unknown): void =>
    ctx.log.warn("the whole of a command's output could not be kept", { callId: ctx.callId, reason: String(error) });
  try {
    using output = new CommandOutput(folder);
    using progress = new ProgressFeed((update) => ctx.progress(update));
    const startedAt = performance.now();
    const running = runCommand({
      shell,
      command,
      directory: directory.absolute,
      environment: environmentOf(options),
      timeoutMs,
      signal: ctx.signal,
      callId: ctx.callId,
      onLeader: async (pid) => folder?.recordLeader(pid).catch(onFailure),
      onOutput: (piece) => {
        output.push(piece);
        progress.push(piece);
      },
    });
    const end = await running.catch(async (error: unknown) => {
      // A call that is interrupted has no result, and what it had given until then is kept all the same.
      await output.keep(ctx.outputs, onFailure);
      throw error;
    });
    const durationMs = Math.round(performance.now() - startedAt);
    const { text, omittedBytes } = await output.settle(ctx.outputs, onFailure);
    return { output: text, omittedBytes, ...end, durationMs };
  } finally {
    // What is left of it costs only space; the result must not be lost with it.
    await folder?.remove().catch(onFailure);
  }
};

/** Without a folder a command runs all the same; only its ends are kept then, and no record of it. */
const openFolder = async (ctx: ExecuteContext, options: BashOptions): Promise<CallFolder | undefined> => {
  const folder = folderOf(ctx.callId, options);
  try {
    await folder.create();
    return folder;
  } catch (error) {
    ctx.log.warn("there is no place for a command's output", { callId: ctx.callId, reason: String(error) });
    return undefined;
  }
};

const folderOf = (callId: string, { stateDirectory = defaultStateDirectory() }: BashOptions): CallFolder =>
  new CallFolder(stateDirectory, callId);

const environmentOf = ({ environment, passEnvironment }: BashOptions): NodeJS.ProcessEnv =>
  commandEnvironment({ environment, passEnvironment });

const present = ({ output, durationMs, ...end }: Output): string => {
  const text = output === "" ? "(no output)\n" : output.endsWith("\n") ? output : `${output}\n`;
  return `${text}[${describeEnd(end, durationMs)}]`;
};

const describeEnd = ({ exitCode, signal, timedOut }: CommandEnd, durationMs: number): string => {
  if (timedOut) return `timed out: stopped after ${durationMs} ms, without an exit code`;
  if (exitCode === null) return "ended without an exit code: its processes were killed";
  return signal === null ? `exit code ${exitCode}` : `exit code ${exitCode}, ended by ${signal}`;
};
