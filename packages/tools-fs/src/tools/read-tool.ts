import { defineTool, shownLimits, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { listDirectory } from "../files/list-directory.ts";
import { openTarget } from "../files/open-target.ts";
import { readPage } from "../files/read-page.ts";
import { toIdentity } from "../paths/target.ts";
import { shownName } from "../text/shown-name.ts";

import type { Tool } from "@holdfast/core/tool";
import type { FileSystem } from "../file-system.ts";
import type { PathService } from "../paths/path-service.ts";
import type { Target } from "../paths/target.ts";

// The runtime bounds every result again. A page with its notice stays below that, or its middle would be taken out.
const pageLimits = { lines: shownLimits.lines - 2, bytes: shownLimits.bytes - 512, lineCharacters: 2_000 } as const;

const inputSchema = z.strictObject({
  path: z.string().min(1).max(4096).describe("A file or directory, relative to the working directory"),
  offset: z.int().min(1).optional().describe("The first line or entry to show; 1 is the first. Default 1"),
  limit: z.int().min(1).max(2_000).optional().describe("How many lines or entries to show at most. Default 2000"),
});
type Input = z.infer<typeof inputSchema>;

const pageShape = {
  /** Canonical, relative to the Location. */
  path: z.string(),
  /** Number of the first line or entry shown. */
  offset: z.int(),
  /** Where the next page begins; absent where this is the last. */
  next: z.int().exactOptional(),
};
const outputSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), ...pageShape, lines: z.int(), text: z.string() }),
  z.strictObject({
    type: z.literal("directory"),
    ...pageShape,
    entries: z.array(z.strictObject({ name: z.string(), kind: z.enum(["directory", "file", "link", "other"]) })),
  }),
]);
type Output = z.infer<typeof outputSchema>;

/** Reads text files and directories, page by page. Changes nothing, so recovery may run it again. */
export const createReadTool = (paths: PathService): Tool =>
  defineTool({
    name: "read",
    description:
      "Reads a text file or lists a directory. Long ones come in pages: a note at the end gives the offset to go on from. A line of more than 2000 characters is cut. In a directory, names that end in / are directories and names that end in @ are symbolic links.",
    input: inputSchema,
    output: outputSchema,
    replay: "safe",
    prepare: async (input, ctx) => {
      return toIdentity(await paths.authorize(input.path, { action: "read", ctx }));
    },
    execute: async (input, ctx) => {
      const target = await paths.recheck(ctx);
      const reading = { files: paths.files, target, signal: ctx.signal };
      return target.kind === "file" ? readFile(reading, input) : readDirectory(reading, input);
    },
    present: (output) => (output.type === "text" ? presentText(output) : presentDirectory(output)),
  });

interface Reading {
  readonly files: FileSystem;
  readonly target: Target;
  readonly signal: AbortSignal;
}

const readFile = async ({ files, target, signal }: Reading, { offset = 1, limit = 2_000 }: Input): Promise<Output> => {
  await using handle = await openTarget(files, target);
  const range = { ...pageLimits, offset, lines: Math.min(limit, pageLimits.lines) };
  const { lines, next } = await readPage(handle, { path: target.path, range, signal });
  const text = lines.join("\n");
  return {
    type: "text",
    path: target.path,
    offset,
    lines: lines.length,
    text,
    ...(next === undefined ? {} : { next }),
  };
};

const readDirectory = async (
  { files, target, signal }: Reading,
  { offset = 1, limit = 2_000 }: Input,
): Promise<Output> => {
  const all = await listDirectory(files, target, signal);
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

const presentText = ({ text, offset, lines, next }: Extract<Output, { type: "text" }>): string => {
  if (lines === 0) return "(The file is empty.)";
  if (offset === 1 && next === undefined) return text;
  const range = `Lines ${offset} to ${offset + lines - 1}`;
  return `${text}\n\n(${range}${next === undefined ? ", the end of the file" : `; go on with offset ${next}`}.)`;
};

const presentDirectory = ({ entries, offset, next }: Extract<Output, { type: "directory" }>): string => {
  if (entries.length === 0) return "(The directory is empty.)";
  const names = entries.map(presentEntry).join("\n");
  if (offset === 1 && next === undefined) return names;
  const range = `Entries ${offset} to ${offset + entries.length - 1}`;
  return `${names}\n\n(${range}${next === undefined ? ", the last" : `; go on with offset ${next}`}.)`;
};

const suffixes = { directory: "/", file: "", link: "@", other: " (device, pipe or socket)" } as const;

const presentEntry = ({ name, kind }: { readonly name: string; readonly kind: keyof typeof suffixes }): string =>
  // A name may hold a line end, and would then look like two.
  `${shownName(name)}${suffixes[kind]}`;
