import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Puts files into a directory that is named after their content. What is there and the same is left; anything else is replaced, each at once. */
export const keepFiles = async (
  directory: string,
  contents: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> => {
  for (const [path, text] of contents) {
    signal.throwIfAborted();
    const file = join(directory, path);
    if ((await readFile(file, "utf8").catch(() => undefined)) === text) continue;
    await mkdir(dirname(file), { recursive: true });
    // Another process may do the same now.
    const temporary = `${file}.${randomUUID()}`;
    await writeFile(temporary, text, { flag: "wx" });
    await rename(temporary, file);
  }
};
