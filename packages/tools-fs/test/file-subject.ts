import { renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { FileWorld } from "./file-world.ts";

import type { ToolCase, ToolSubject } from "@holdfast/testkit/contract";

/** One call of a file tool. */
export type FileCase = ToolCase<FileWorld>;

/** A setup that writes files below the Location. */
export const writes = (files: Readonly<Record<string, string | Uint8Array>>) => (world: FileWorld) =>
  world.write(files);

/** A directory of the Location becomes a link that leads out, or a file of it does. */
export const linkOut =
  (name: string, to = "") =>
  (world: FileWorld) => {
    rmSync(join(world.directory, `${name}.old`), { recursive: true, force: true });
    renameSync(join(world.directory, name), join(world.directory, `${name}.old`));
    symlinkSync(join(world.outside, to), join(world.directory, name));
  };

/** A tool of this package, held to its contract in worlds of files. */
export const subject = (
  tool: string,
  replay: ToolSubject["replay"],
  rest: Pick<ToolSubject<FileWorld>, "cases" | "invalid"> & Partial<ToolSubject<FileWorld>>,
): ToolSubject<FileWorld> => ({
  tool,
  replay,
  open: async () => new FileWorld(),
  isGuarded: (name) => name.startsWith("outside"),
  ...rest,
});

const paths = ["", "x".repeat(5_000), 1, null];
/** Inputs with a path that no tool takes. */
export const noPaths = paths.map((path) => ({ path }));
/** A text of so many lines. */
export const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}\n`).join("");
/** What stands in most of the worlds. */
export const full = { "sub/a.txt": "one\ntwo\n" };

/** What stands at a path makes no difference to a call that is refused. */
export const otherwise: NonNullable<FileCase["otherwise"]> = [
  writes({ "sub/a.txt": "something else\n" }),
  writes({ "sub/a.txt/b": "a directory\n" }),
  (world) => symlinkSync(world.outside, join(world.directory, "sub")),
];
