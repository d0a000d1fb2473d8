import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { localPaths } from "../paths/local-paths.ts";
import { GlobPattern, splitGlob } from "../search/glob-pattern.ts";
import { searchFiles } from "../search/search-files.ts";
import { toIdentity } from "../paths/target.ts";
import { describeCut, searchLimits, shownWithin } from "../search/search-limits.ts";
import { assertNarrow } from "../search/search-root.ts";
import { shownName } from "../text/shown-name.ts";

import type { ExecuteContext, PrepareContext, Tool } from "@holdfast/core/tool";
import type { PathService } from "../paths/path-service.ts";
import type { TargetIdentity } from "../paths/target.ts";
import type { SearchOptions } from "../search/search-limits.ts";

const inputSchema = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(1_024)
    .describe('What paths look like: "*.ts" in any directory, "src/**/*.{ts,tsx}" below src'),
  path: z.string().min(1).max(4096).optional().describe("The directory to look in. Default: the working directory"),
  hidden: z.boolean().optional().describe("List hidden files too, but not .git. Default false"),
  limit: z
    .int()
    .min(1)
    .max(searchLimits.mostResults)
    .optional()
    .describe("How many files to list at most. Default 100"),
});
type Input = z.infer<typeof inputSchema>;

const outputSchema = z.strictObject({
  /** In order of path, relative to the Location. */
  paths: z.array(z.string()),
  /** There are more than these. */
  truncated: z.boolean(),
  /** The search was ended at its time limit. */
  timedOut: z.boolean(),
  /** Some directories could not be read. */
  incomplete: z.boolean(),
});
type Output = z.infer<typeof outputSchema>;

/** Finds files by their paths, with ripgrep. Changes nothing, so recovery may run it again. */
export const createGlobTool = ({
  searchTimeoutMs = searchLimits.timeoutMs,
  paths = localPaths,
}: SearchOptions = {}): Tool =>
  defineTool({
    name: "glob",
    description:
      "Finds files whose paths match a pattern, and lists them in order of path. Files that an ignore file names and hidden files are left out, and links are not followed.",
    input: inputSchema,
    output: outputSchema,
    replay: "safe",
    timeoutMs: searchTimeoutMs + 30_000,
    prepare: async (input, ctx) => prepare(paths, input, ctx),
    execute: async (input, ctx) => execute(paths, input, { ctx, timeoutMs: searchTimeoutMs }),
    present,
  });

const prepare = async (
  paths: PathService,
  { pattern, path = "." }: Input,
  ctx: PrepareContext,
): Promise<TargetIdentity> => {
  if (pattern.includes("\0")) throw new ToolFailure("The pattern holds a NUL character, which no path does.");
  const { directory, rest } = splitGlob(pattern);
  void new GlobPattern(rest);
  // A pattern that names directories is a search of these alone: less to ask for, and less to go through.
  const root = directory === "" ? path : directory.startsWith("/") ? directory : `${path}/${directory}`;
  const target = await paths.authorize(root, { action: "glob", ctx });
  if (target.kind !== "directory")
    throw new ToolFailure(`Expected a directory to look in, found a file: ${target.path}.`);
  assertNarrow(target.absolute);
  return toIdentity(target);
};

const execute = async (
  paths: PathService,
  input: Input,
  { ctx, timeoutMs }: { readonly ctx: ExecuteContext; readonly timeoutMs: number },
): Promise<Output> => {
  const { pattern, hidden = false, limit = searchLimits.results } = input;
  const { path, root } = await paths.recheck(ctx);
  const scope = { directory: root, path, hidden, limit, timeoutMs, signal: ctx.signal };
  const { items, truncated, end } = await searchFiles(scope, new GlobPattern(splitGlob(pattern).rest));
  const shown = shownWithin(items, (found) => ({ bytes: Buffer.byteLength(shownName(found)) + 1, lines: 1 }));
  return {
    paths: [...shown],
    truncated: truncated || shown.length < items.length,
    timedOut: end.timedOut,
    incomplete: end.exitCode === 2,
  };
};

const present = ({ paths, ...rest }: Output): string =>
  [...paths.map(shownName), ...describeCut({ ...rest, matches: paths }, "files that match")].join("\n");
