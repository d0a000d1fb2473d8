import { mkdirSync } from "node:fs";

import { Stage } from "./harness.ts";

/** What `grep` found. */
export interface GrepOutput {
  readonly matches: readonly { readonly path: string; readonly line: number; readonly text: string }[];
  readonly truncated: boolean;
  readonly timedOut: boolean;
  readonly incomplete: boolean;
}
/** What `glob` found. */
export interface GlobOutput {
  readonly paths: readonly string[];
  readonly truncated: boolean;
  readonly timedOut: boolean;
}

/** Searches through the tool, both phases. */
export const grep = async (stage: Stage, pattern: string, more = {}): Promise<GrepOutput> =>
  stage.run<GrepOutput>("grep", { pattern, ...more });
/** Finds files through the tool, both phases. */
export const glob = async (stage: Stage, pattern: string, more = {}): Promise<GlobOutput> =>
  stage.run<GlobOutput>("glob", { pattern, ...more });
export const pathsOf = ({ matches }: GrepOutput): readonly string[] => matches.map(({ path }) => path);

/** A Location with files of every kind that a search treats in its own way. */
export const filled = (): Stage => {
  const stage = new Stage();
  for (const name of ["src", "src/deep", "ignored", ".git", "node_modules"]) mkdirSync(stage.join(name));
  stage.write(".gitignore", "ignored/\nnode_modules\n*.log\n");
  for (const name of [
    "b.ts",
    "a.ts",
    "src/c.ts",
    "src/deep/d.md",
    "ignored/e.ts",
    "x.log",
    ".hidden.ts",
    ".git/f.ts",
    "node_modules/g.ts",
  ])
    stage.write(name, `first\nneedle in ${name}\n`);
  return stage;
};
