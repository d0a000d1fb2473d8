import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How many files there are. */
export const fileCount = 20_000;

const names = ["alpha", "beta", "gamma", "delta", "store", "runner", "event", "cursor"];

/** A tree like a large repository's: 20,000 files of some kilobytes, three deep, with folders that an ignore file names. */
export const makeTree = (directory: string): void => {
  writeFileSync(join(directory, ".gitignore"), "ignored/\n*.log\n");
  for (let index = 0; index < fileCount; index++) {
    const folder = join(directory, `package-${index % 40}`, names[index % 7] ?? "", `part-${index % 11}`);
    if (index < 40 * 7 * 11) mkdirSync(folder, { recursive: true });
    const lines = Array.from(
      { length: 20 + (index % 60) },
      (_, line) => `export const ${names[(index + line) % 8]}${line} = ${index * line};`,
    );
    if (index % 100 === 0) lines.push(`// needle ${index}`);
    writeFileSync(join(folder, `file-${index}.${index % 3 === 0 ? "ts" : "md"}`), `${lines.join("\n")}\n`);
  }
};
