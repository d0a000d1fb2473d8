import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

import { discoverSkills } from "./discover-skills.ts";

import type { Discovery } from "./discover-skills.ts";

/** The skills of some folders, which are read again only where something in these folders is another file, or changed. */
export class SkillShelf {
  readonly #folders: readonly string[];
  readonly #base: string;
  #last: { readonly signature: string; readonly discovery: Discovery } | undefined;

  /** @param folders Absolute, or relative to `base`; later ones win. */
  constructor(folders: readonly string[], base: string) {
    this.#folders = folders;
    this.#base = base;
  }

  /** The skills that are there now, and whether they were read anew. */
  async look(signal: AbortSignal): Promise<Discovery & { readonly isNew: boolean }> {
    const signatures = await Promise.all(this.#folders.map((folder) => signatureOf(resolve(this.#base, folder))));
    const signature = signatures.join("\n\n");
    if (this.#last?.signature === signature) return { ...this.#last.discovery, isNew: false };
    const discovery = await discoverSkills(this.#folders, { base: this.#base, signal });
    this.#last = { signature, discovery };
    return { ...discovery, isNew: true };
  }
}

/** What tells that no skill of a folder changed: which files it has, and of each when it was changed, its size, and that it is the same. */
const signatureOf = async (folder: string): Promise<string> => {
  const names = await readdir(folder).catch((error: unknown) => {
    // A folder that is not there holds no skills; of one that cannot be read nobody knows.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw error;
  });
  const paths = names
    .toSorted((left, right) => (left < right ? -1 : 1))
    .flatMap((name) => {
      const path = join(folder, name);
      return name.endsWith(".md") ? [path, join(path, "SKILL.md")] : [join(path, "SKILL.md")];
    });
  const stats = await Promise.all(paths.map(describe));
  return stats.join("\n");
};

const describe = async (path: string): Promise<string> => {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found === null ? "" : `${path} ${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
};
