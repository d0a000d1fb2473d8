import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

// The world that the tools of this torture act upon: one file, to which each effect adds a line with its key.

const fileOf = (directory: string): string => join(directory, "effect-log.txt");

/** Does the effect, whoever asks and however often. */
export const act = (directory: string, key: string): Promise<void> => appendFile(fileOf(directory), `${key}\n`);

/** A tiny service that recognises keys: it does the effect once for each. */
export const actOnce = async (directory: string, key: string): Promise<void> => {
  try {
    await writeFile(join(directory, `key-${key}`), "", { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return;
    throw error;
  }
  await act(directory, key);
};

/** How often the effect of a key happened. */
export const timesOf = async (directory: string, key: string): Promise<number> => {
  const log = await readFile(fileOf(directory), "utf8").catch(() => "");
  return log.split("\n").filter((line) => line === key).length;
};
