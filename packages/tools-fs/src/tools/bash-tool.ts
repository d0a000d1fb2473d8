import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { toLexicalPath } from "../paths/lexical-path.ts";
import { nodeFileSystem } from "../node-file-system.ts";
import { PathService } from "../paths/path-service.ts";
import { toIdentity } from "../paths/target.ts";
import { BoundedCapture } from "../shell/bounded-capture.ts";
import { findShell } from "../shell/find-shell.ts";
import { ProgressFeed } from "../shell/progress-feed.ts";
import { runCommand } from "../shell/run-command.ts";

import type { ExecuteContext, PrepareContext, Tool } from "@holdfast/core/tool";
import type { TargetIdentity } from "../paths/target.ts";
import type { CommandEnd } from "../shell/run-command.ts";

const defaultTimeoutMs = 120_000;
const maxTimeoutMs = 600_000;

// Linux takes at most 128 KiB as one argument, and a character may have 3 bytes.
const maxCommandCharacters = 32_768;

// The runtime shows 50 KiB of a result and stores the rest, up to 64 MiB a call; the text is in memory a few times on its way there,
// and eight calls may run at once. A megabyte from either end is more than anybody pages through.
const keptBytes = 1024 * 1024;

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
  /** How many bytes of the middle were left out. */
  omittedBytes: z.int(),
  /** As shells count: 128 and more where a signal ended it. Null where it was stopped before it had one. */
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  timedOut: z.boolean(),
  durationMs: z.int(),
});
type Output = z.infer<typeof outputSchema>;

/** What of `bash` a host may choose. */
export interface BashOptions {
  readonly environment?: Readonly<Record<string, string>> | undefined;
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
    prepare,
    execute: async (input, ctx) => execute(input, ctx, options),
    present,
  });

// Commands run on this machine, whatever file system the other tools have.
const paths = new PathService(nodeFileSystem);

const prepare = async ({ command, workdir = "." }: Input, ctx: PrepareContext): Promise<TargetIdentity> => {
  if (process.platform === "win32")
    throw new ToolFailure("Commands need a POSIX system with /bin/sh, and this is Windows. Use the other tools.");
  if (command.includes("\0")) throw new ToolFailure("The command holds a NUL character, which no shell can take.");
  const lexical = toLexicalPath(workdir, ctx.location.directory);
  await ctx.permission.assert({ action: "bash", resources: [command] });
  const target = await paths.resolve(lexical, ctx.location.directory);
  if (target.kind !== "directory")
    throw new ToolFailure(`Expected workdir to be a directory, found a file: ${target.path}.`);
  return toIdentity(target);
};

const execute = async (
  { command, timeoutMs = defaultTimeoutMs }: Input,
  ctx: ExecuteContext,
  options: BashOptions,
): Promise<Output> => {
  const directory = await paths.recheck(ctx);
  const environment = options.environment ?? process.env;
  const shell = await findShell(environment["PATH"]);
  const capture = new BoundedCapture(keptBytes);
  using progress = new ProgressFeed((update) => ctx.progress(update));
  const startedAt = performance.now();
  const end = await runCommand({
    shell,
    command,
    directory: directory.absolute,
    environment,
    timeoutMs,
    signal: ctx.signal,
    onOutput: (piece) => {
      capture.push(piece);
      progress.push(piece);
    },
  });
  const { text: output, omittedBytes } = capture.toText();
  return { output, omittedBytes, ...end, durationMs: Math.round(performance.now() - startedAt) };
};

const present = ({ output, durationMs, ...end }: Output): string => {
  const text = output === "" ? "(no output)\n" : output.endsWith("\n") ? output : `${output}\n`;
  return `${text}[${describeEnd(end, durationMs)}]`;
};

const describeEnd = ({ exitCode, signal, timedOut }: CommandEnd, durationMs: number): string => {
  if (timedOut) return `timed out: stopped after ${durationMs} ms, without an exit code`;
  if (exitCode === null) return "ended without an exit code: its processes were killed";
  return signal === null ? `exit code ${exitCode}` : `exit code ${exitCode}, ended by ${signal}`;
};
