import { spawn } from "node:child_process";
import { once } from "node:events";

import { rgPath } from "@vscode/ripgrep";

import { paired } from "../bench.ts";
import { makeScratch } from "../scratch.ts";
import { callerIn } from "../tool-caller.ts";
import { fileCount, makeTree } from "./make-tree.ts";

import type { Bench, Figure } from "../bench.ts";

const rounds = 15;

/** ripgrep itself, with its output read and dropped. */
const runRipgrep = async (directory: string, args: readonly string[]): Promise<void> => {
  const child = spawn(rgPath, args, { cwd: directory, stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.resume();
  await once(child, "close");
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

/** `grep` and `glob` against ripgrep itself with the same question, on a tree of 20,000 files. */
export const search: Bench = {
  name: "search",
  run: async () => {
    await using scratch = await makeScratch();
    const { directory } = scratch;
    makeTree(directory);
    const call = callerIn(directory);
    const against = (what: string, ours: () => Promise<unknown>, args: readonly string[]): Promise<Figure> =>
      paired({
        bench: "search",
        metric: `${what}, ${fileCount.toLocaleString("en")} files`,
        unit: "ms",
        rounds,
        bound: { atMost: 1.25 },
        ours: () => timed(ours),
        floor: () => timed(() => runRipgrep(directory, args)),
      });
    return [
      await against("grep, 200 matches", () => call("grep", { pattern: "needle \\d+" }), ["-n", "needle \\d+", "./"]),
      await against("grep, a match in every file", () => call("grep", { pattern: "event1 " }), ["-n", "event1 ", "./"]),
      await against("grep, in files of one kind", () => call("grep", { pattern: "needle \\d+", include: "*.ts" }), [
        "-n",
        "-g",
        "*.ts",
        "needle \\d+",
        "./",
      ]),
      await against("glob, one file in three", () => call("glob", { pattern: "**/*.ts" }), [
        "--files",
        "-g",
        "**/*.ts",
        "./",
      ]),
      await against("glob, all files", () => call("glob", { pattern: "**" }), ["--files", "./"]),
    ];
  },
};
