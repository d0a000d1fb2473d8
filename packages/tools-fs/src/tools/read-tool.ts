import { defineTool, shownLimits, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { decodedPieces } from "../files/decoded-pieces.ts";
import { listDirectory } from "../files/list-directory.ts";
import { openTarget } from "../files/open-target.ts";
import { outputPieces } from "../files/output-pieces.ts";
import { readImage } from "../files/read-image.ts";
import { readLine, readPage } from "../files/read-page.ts";
import { toIdentity } from "../paths/target.ts";
import { presentEntry, presentRead } from "./present-read.ts";
import { authorizeOutput, isOutputRef } from "./read-output.ts";
import { readOutputSchema } from "./read-result.ts";

import type { ExecuteContext, Tool } from "@holdfast/core/tool";
import type { TextSource } from "../files/read-page.ts";
import type { PathService } from "../paths/path-service.ts";
import type { Target } from "../paths/target.ts";
import type { ReadOutput } from "./read-result.ts";

// The runtime bounds every result again. A page with its notice stays below that, or its middle would be taken out.
const pageLimits = { lines: shownLimits.lines - 2, bytes: shownLimits.bytes - 512, lineCharacters: 2_000 } as const;

const inputSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(4096)
    .describe("A file or directory, relative to the working directory, or the tool-output:// reference of a result"),
  offset: z.int().min(1).optional().describe("The first line or entry to show; 1 is the first. Default 1"),
  limit: z.int().min(1).max(2_000).optional().describe("How many lines or entries to show at most. Default 2000"),
  lineOffset: z
    .int()
    .min(0)
    .optional()
    .describe("Shows only the line at offset, from this byte of it on. For what a long line's cut names"),
});
type Input = z.infer<typeof inputSchema>;

const outputEffectSchema = z.looseObject({ output: z.string() });

/** Reads text, images, directories and kept outputs, page by page. Changes nothing, so recovery may run it again. */
export const createReadTool = (paths: PathService): Tool =>
  defineTool({
    name: "read",
    description:
      "Reads a text file, shows an image (PNG, JPEG, GIF, WebP), lists a directory, or reads what a result refers to as tool-output://. Long ones come in pages: a note at the end gives the offset to go on from. A line of more than 2000 characters is cut, and says how to read on. In a directory, names that end in / are directories and names that end in @ are symbolic links.",
    input: inputSchema,
    output: readOutputSchema,
    replay: "safe",
    prepare: async ({ path }, ctx) =>
      isOutputRef(path) ? authorizeOutput(path, ctx) : toIdentity(await paths.authorize(path, { action: "read", ctx })),
    execute: async (input, ctx) => {
      const asked = outputEffectSchema.safeParse(ctx.effect);
      if (asked.success) {
        const reference = asked.data.output;
        return readText(
          { path: reference, pieces: outputPieces(ctx.outputs, { reference, signal: ctx.signal }) },
          input,
        );
      }
      const target = await paths.recheck(ctx);
      return target.kind === "file"
        ? readFile(paths, target, { input, ctx })
        : readDirectory(paths, target, { input, ctx });
    },
    present: presentRead,
  });

interface Reading {
  readonly input: Input;
  readonly ctx: Pick<ExecuteContext, "media" | "signal">;
}

const readFile = async ({ files }: PathService, target: Target, { input, ctx }: Reading): Promise<ReadOutput> => {
  await using handle = await openTarget(files, target);
  const { path } = target;
  const image = await readImage(handle, { path, ctx });
  if (image !== undefined) return { type: "image", path, ...image };
  // Awaited here: the file is open until then.
  return await readText({ path, pieces: decodedPieces(handle, { path, signal: ctx.signal }) }, input);
};

const readText = async (source: TextSource, { offset = 1, limit = 2_000, lineOffset }: Input): Promise<ReadOutput> => {
  const { path } = source;
  if (lineOffset !== undefined) {
    const part = await readLine(source, { offset, lineOffset, bytes: pageLimits.bytes });
    const rest = part.isCut ? { nextLineOffset: part.end } : part.isFollowed ? { next: offset + 1 } : {};
    return { type: "line", path, offset, lineOffset: part.start, text: part.text, ...rest };
  }
  const range = { ...pageLimits, offset, lines: Math.min(limit, pageLimits.lines) };
  const { lines, next } = await readPage(source, range);
  const rest = next === undefined ? {} : { next };
  return { type: "text", path, offset, lines: lines.length, text: lines.join("\n"), ...rest };
};

const readDirectory = async (
  { files }: PathService,
  target: Target,
  { input: { offset = 1, limit = 2_000 }, ctx }: Reading,
): Promise<ReadOutput> => {
  const all = await listDirectory(files, target, ctx.signal);
  if (offset > Math.max(1, all.length)) {
    throw new ToolFailure(
      `Expected an offset of at most ${all.length}, the number of entries of ${target.path}, found ${offset}. List from an earlier one.`,
    );
  }
  let [end, bytes] = [offset - 1, 0];
  for (const entry of all.slice(offset - 1, offset - 1 + Math.min(limit, pageLimits.lines))) {
    bytes += Buffer.byteLength(presentEntry(entry)) + 1;
    if (bytes > pageLimits.bytes) break;
    end++;
  }
  const next = end < all.length ? { next: end + 1 } : {};
  return { type: "directory", path: target.path, offset, entries: all.slice(offset - 1, end), ...next };
};
