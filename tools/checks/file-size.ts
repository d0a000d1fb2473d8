import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const mostLines = 250;

/** Source files of the repository, as git knows them, that are longer than a file may be. */
export const checkFileSizes = (root: string): readonly string[] => {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed
    .split("\n")
    .filter((file) => /\.(ts|tsx|mts|js|mjs)$/.test(file) && existsSync(join(root, file)))
    .flatMap((file) => {
      const lines = readFileSync(join(root, file), "utf8").trimEnd().split("\n").length;
      return lines > mostLines
        ? [`${file} has ${lines} lines, and a file has at most ${mostLines}: it holds two concepts`]
        : [];
    });
};
