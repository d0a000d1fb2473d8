import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** What the largest of them has, in bytes: 2 GiB. */
const largeBytes = 2 * 1024 ** 3;
/** How many files the fullest directory holds. */
const manyEntries = 200_000;
/** The most that `read` lists of one. */
const listedEntries = 100_000;

const chunkBytes = 1024 * 1024;
const line = `${"a line of sixty-three characters and its end, again and again ".padEnd(63, ".")}\n`;

/** How many lines `large.txt` has. */
export const largeLines = largeBytes / line.length;

/** A folder with `large.txt` of 2 GiB in lines, `long.txt` of 2 GiB in one line, `many` with 200,000 files and `full` with 100,000. */
export const makeLarge = (directory: string): void => {
  writeLarge(join(directory, "large.txt"), Buffer.from(line.repeat(chunkBytes / line.length)));
  writeLarge(join(directory, "long.txt"), Buffer.alloc(chunkBytes, "a"));
  makeEntries(join(directory, "many"), manyEntries);
  makeEntries(join(directory, "full"), listedEntries);
};

const writeLarge = (path: string, chunk: Buffer): void => {
  const file = openSync(path, "w");
  for (let written = 0; written < largeBytes; written += chunk.length) writeSync(file, chunk);
  closeSync(file);
};

const makeEntries = (directory: string, count: number): void => {
  mkdirSync(directory);
  for (let index = 0; index < count; index++)
    writeFileSync(join(directory, `file-${String(index).padStart(6, "0")}.txt`), "");
};
