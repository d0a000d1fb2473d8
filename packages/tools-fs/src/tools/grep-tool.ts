import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { localPaths } from "../paths/local-paths.ts";
import { GlobPattern } from "../search/glob-pattern.ts";
import { toIdentity } from "../paths/target.ts";
import { describeCut, searchLimits, shownWithin } from "../search/search-limits.ts";
import { assertNarrow } from "../search/search-root.ts";
import { shownName } from "../text/shown-name.ts";
import { searchText } from "../search/search-text.ts";

import type { ExecuteContext, PrepareContext, Tool } from "@holdfast/core/tool";
import type { PathService } from "../paths/path-service.ts";
import type { TargetIdentity } from "../paths/target.ts";
import type { SearchOptions } from "../search/search-limits.ts";
import type { FoundLine } from "../search/search-text.ts";

const inputSchema = z.strictObject({
  pattern: z.string().min(1).max(4_096).describe("A regular expression (Rust syntax), matched line by line"),
  path: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe("A file or directory to search. Default: the working directory"),
  include: z
    .string()
    .min(1)
    .max(1_024)
    .optional()
    .describe('Only files that this matches, such as "*.ts" or "src/**/*.{ts,tsx}"'),
  literal: z.boolean().optional().describe("Take the pattern as plain text. Default false"),
  ignoreCase: z.boolean().optional().describe("Take upper and lower case as the same. Default false"),
  hidden: z.boolean().optional().describe("Search hidden files too, but not .git. Default false"),
  limit: z
    .int()
    .min(1)
    .max(searchLimits.mostResults)
    .optional()
    .describe("How many lines to show at most. Default 100"),
});
type Input = z.infer<typeof inputSchema>;

const outputSchema = z.strictObject({
  /** In order of path and line. Paths are relative to the Location. */
  matches: z.array(z.strictObject({ path: z.string(), line: z.int(), text: z.string() })),
  /** There are more than these. */
  truncated: z.boolean(),
  /** The search was ended at its time limit. */
  timedOut: z.boolean(),
  /** Some files could not be read. */
  incomplete: z.boolean(),
});
type Output = z.infer<typeof outputSchema>;

/** Searches the text of files with ripgrep. Changes nothing, so recovery may run it again. */
export const createGrepTool = ({
  searchTimeoutMs = searchLimits.timeoutMs,
  paths = localPaths,
}: SearchOptions = {}): Tool =>
  defineTool({
    name: "grep",
    description:
      "Searches the text of files for a regular expression. Answers with the lines that match, in order of path, with their numbers; a line is cut after 1000 characters. Files that an ignore file names, hidden and binary files are left out, and links are not followed.",
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
  { pattern, path = ".", include }: Input,
  ctx: PrepareContext,
): Promise<TargetIdentity> => {
  if (pattern.includes("\0")) throw new ToolFailure("The pattern holds a NUL character, which no line of text does.");
  if (include !== undefined) void new GlobPattern(include);
  const target = await paths.authorize(path, { action: "grep", ctx });
  assertNarrow(target.absolute);
  return toIdentity(target);
};

const execute = async (
  paths: PathService,
  input: Input,
  { ctx, timeoutMs }: { readonly ctx: ExecuteContext; readonly timeoutMs: number },
): Promise<Output> => {
  const { pattern, include, literal = false, ignoreCase = false, hidden = false, limit = searchLimits.results } = input;
  const { path, kind, root } = await paths.recheck(ctx);
  const glob = include === undefined ? undefined : new GlobPattern(include);
  const { items, truncated, end } = await searchText(
    { directory: root, path, hidden, limit, timeoutMs, signal: ctx.signal },
    { pattern, isLiteral: literal, ignoreCase, glob, isFile: kind === "file" },
  );
  // Files that cannot be read are not complained of, so what is left is about the pattern.
  if (end.complaint !== "" && end.exitCode === 2) throw patternFailure(pattern, end.complaint);
  const matches = shownWithin(items, costOf);
  return {
    matches: [...matches],
    truncated: truncated || matches.length < items.length,
    timedOut: end.timedOut,
    incomplete: end.exitCode === 2,
  };
};

/** A path stands on a line of its own above what is in it, after an empty one. */
const costOf = ({ path, text }: FoundLine, before: FoundLine | undefined) => {
  const isNewFile = before?.path !== path;
  const bytes = Buffer.byteLength(text) + 12 + (isNewFile ? Buffer.byteLength(shownName(path)) + 2 : 0);
  return { bytes, lines: isNewFile ? 3 : 1 };
};

const patternFailure = (pattern: string, complaint: string): ToolFailure =>
  new ToolFailure(
    `The pattern ${pattern} cannot be searched for: ${complaint.replace(/^rg: /, "")}\nMend it, or set literal to search for it as plain text. Look-around and back-references are not supported.`,
  );

const present = (output: Output): string => {
  const lines: string[] = [];
  let file: FoundLine["path"] | undefined;
  for (const { path, line, text } of output.matches) {
    if (path !== file) lines.push(...(file === undefined ? [] : [""]), shownName(path));
    file = path;
    lines.push(`${line}: ${text}`);
  }
  return [...lines, ...describeCut(output, "matching lines")].join("\n");
};
