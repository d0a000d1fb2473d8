import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import * as z from "zod";

import { within } from "../bench.ts";
import { makeScratch } from "../scratch.ts";
import { largeLines, makeLarge } from "./make-large.ts";

import type { JsonObject } from "@holdfast/core";
import type { FsToolName } from "@holdfast/tools-fs";
import type { Bench, Figure } from "../bench.ts";

const run = promisify(execFile);
const rounds = 3;
const megabyte = 1_000_000;

interface LargeCall {
  readonly what: string;
  readonly name: FsToolName;
  readonly input: JsonObject;
  readonly outcome: "answered" | "refused";
}

const patch = "*** Begin Patch\n*** Update File: large.txt\n@@\n-a\n+b\n*** End Patch";
const calls: readonly LargeCall[] = [
  { what: "read, its first page", name: "read", input: { path: "large.txt" }, outcome: "answered" },
  {
    what: "read, its last page",
    name: "read",
    input: { path: "large.txt", offset: largeLines - 10 },
    outcome: "answered",
  },
  { what: "read, one line of 2 GiB", name: "read", input: { path: "long.txt" }, outcome: "answered" },
  {
    what: "read, the end of one line of 2 GiB",
    name: "read",
    input: { path: "long.txt", lineOffset: 2_000_000_000 },
    outcome: "answered",
  },
  { what: "write over it", name: "write", input: { path: "large.txt", content: "a" }, outcome: "refused" },
  { what: "edit", name: "edit", input: { path: "large.txt", oldText: "a", newText: "b" }, outcome: "refused" },
  { what: "apply_patch", name: "apply_patch", input: { patch }, outcome: "refused" },
  { what: "grep, every line", name: "grep", input: { pattern: "line", path: "large.txt" }, outcome: "answered" },
  { what: "grep, no line", name: "grep", input: { pattern: "nowhere", path: "large.txt" }, outcome: "answered" },
  { what: "grep, one line of 2 GiB", name: "grep", input: { pattern: "a$", path: "long.txt" }, outcome: "answered" },
  { what: "read, 200,000 entries", name: "read", input: { path: "many" }, outcome: "refused" },
  { what: "read, 100,000 entries", name: "read", input: { path: "full" }, outcome: "answered" },
  { what: "glob, 200,000 entries", name: "glob", input: { pattern: "**", path: "many" }, outcome: "answered" },
  { what: "grep, 200,000 entries", name: "grep", input: { pattern: "a", path: "many" }, outcome: "answered" },
  { what: "bash, 1 GB of output", name: "bash", input: { command: "yes | head -c 1000000000" }, outcome: "answered" },
];

const measuredSchema = z.object({ bytes: z.number(), outcome: z.string() });

const measure = async (directory: string, { what, name, input, outcome }: LargeCall): Promise<number> => {
  const child = join(import.meta.dirname, "one-call.ts");
  const { stdout } = await run(process.execPath, [child, directory, name, JSON.stringify(input)]);
  const measured = measuredSchema.parse(JSON.parse(stdout));
  if (measured.outcome !== outcome) throw new Error(`expected ${what} to be ${outcome}, found ${measured.outcome}`);
  return measured.bytes / megabyte;
};

/** The peak of a process's memory over what it had before one call of a tool on something very large. */
export const memory: Bench = {
  name: "memory",
  run: async () => {
    await using scratch = await makeScratch();
    const { directory } = scratch;
    writeFileSync(join(directory, "small.txt"), "small\n");
    makeLarge(directory);
    const figures: Figure[] = [];
    for (const call of calls)
      figures.push(
        await within({
          bench: "memory",
          metric: call.what,
          unit: "MB over base",
          rounds,
          atMost: 64,
          measure: () => measure(directory, call),
        }),
      );
    return figures;
  },
};
