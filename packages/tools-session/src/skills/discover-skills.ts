import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

import { parseSkill } from "./parse-skill.ts";
import { skillLimits, skillNamePattern } from "./skill-limits.ts";

import type { RefusedSkill, Skill } from "./skill.ts";

/** The skills that were found, by name, and the files that look like skills and are none. */
export interface Discovery {
  readonly skills: ReadonlyMap<string, Skill>;
  readonly refused: readonly RefusedSkill[];
}

/**
 * Looks through folders for skills: `NAME/SKILL.md`, or `NAME.md`. A folder that is not there holds none. Of two skills of one name the one
 * of the later folder counts. What leads out of its folder through links is refused.
 *
 * @param folders Absolute, or relative to `base`.
 */
export const discoverSkills = async (
  folders: readonly string[],
  { base, signal }: { readonly base: string; readonly signal: AbortSignal },
): Promise<Discovery> => {
  const skills = new Map<string, Skill>();
  const refused: RefusedSkill[] = [];
  for (const folder of folders) {
    const root = await realpath(resolve(base, folder)).catch(() => null);
    if (root === null) continue;
    const candidates = await candidatesOf(root).catch(toRefusal(root));
    if ("reason" in candidates) refused.push(candidates);
    else
      for (const candidate of candidates) {
        signal.throwIfAborted();
        const found = await readSkill(candidate, root).catch(toRefusal(candidate.file));
        if ("reason" in found) refused.push(found);
        else if (skills.size < skillLimits.skills || skills.has(found.name)) skills.set(found.name, found);
        else refused.push({ file: candidate.file, reason: `there are ${skillLimits.skills} skills before it` });
      }
  }
  return { skills, refused };
};

/** What cannot be read is no skill, and says why; the others are found all the same. */
const toRefusal =
  (file: string) =>
  (error: unknown): RefusedSkill => ({ file, reason: error instanceof Error ? error.message : String(error) });

interface Candidate {
  readonly file: string;
  /** What it is called where its head does not say. */
  readonly name: string;
}

const candidatesOf = async (root: string): Promise<readonly Candidate[]> => {
  const entries = await readdir(root, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .toSorted((left, right) => (left.name < right.name ? -1 : 1))
      .map(async (entry): Promise<Candidate | null> => {
        const path = join(root, entry.name);
        if (entry.isFile() && entry.name.endsWith(".md")) return { file: path, name: basename(entry.name, ".md") };
        const file = join(path, "SKILL.md");
        const isSkill = !entry.isFile() && (await stat(file).catch(() => null)) !== null;
        return isSkill ? { file, name: entry.name } : null;
      }),
  );
  return found.filter((candidate) => candidate !== null);
};

const readSkill = async ({ file, name: fallback }: Candidate, root: string): Promise<Skill | RefusedSkill> => {
  const canonical = await realpath(file);
  if (!isWithin(canonical, root)) return { file, reason: "it leads out of its folder" };
  const text = await readBounded(canonical);
  if (text === null) return { file, reason: `it is no file of at most ${skillLimits.fileBytes} bytes` };
  const parsed = parseSkill(text);
  if (!parsed.ok) return { file, reason: parsed.reason };
  const name = parsed.name ?? fallback;
  if (!skillNamePattern.test(name)) return { file, reason: `its name is not 1 to 64 of a-z, 0-9 and "-": ${name}` };
  return { name, description: parsed.description, instructions: parsed.body, directory: dirname(canonical) };
};

/** Whether a canonical path is a folder's, or below it. */
const isWithin = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path);
};

/** A regular file's text; null for one that is too long, or something else. */
const readBounded = async (path: string): Promise<string | null> => {
  // Not to wait for a writer where somebody put a pipe in the file's place.
  if (!(await stat(path)).isFile()) return null;
  await using handle = await open(path, "r");
  const buffer = Buffer.alloc(skillLimits.fileBytes + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.toString("utf8", 0, length);
    length += bytesRead;
    if (length > skillLimits.fileBytes) return null;
  }
};
