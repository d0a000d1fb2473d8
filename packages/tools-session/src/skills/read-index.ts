import * as z from "zod";

import { remoteLimits, skillNamePattern } from "./skill-limits.ts";

import type { RefusedSkill } from "./skill.ts";

/** A skill of an index, with whole URLs of its files: all of them below the index. */
export interface ListedSkill {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly url: string }[];
}

const indexSchema = z.looseObject({
  skills: z.array(z.looseObject({ name: z.string(), files: z.array(z.string()) })),
});

/** Letters, digits, ".", "_" and "-", in at most four parts that begin with no dot: nothing that leads elsewhere, however it is read. */
const filePattern = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/){0,3}[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * Reads an index. A skill with an unsafe name or file is refused whole: nothing of it is fetched then.
 *
 * @throws TypeError for what is no index.
 */
export const readIndex = (
  text: string,
  indexUrl: string,
): { readonly listed: readonly ListedSkill[]; readonly refused: readonly RefusedSkill[] } => {
  const index = indexSchema.safeParse(parse(text));
  if (!index.success) throw new TypeError("it is no JSON of { skills: [{ name, files }] }");
  const listed: ListedSkill[] = [];
  const refused: RefusedSkill[] = [];
  for (const [position, { name, files }] of index.data.skills.entries()) {
    const reason =
      position < remoteLimits.skills ? reasonAgainst(name, files) : `there are ${remoteLimits.skills} before it`;
    if (reason !== undefined) refused.push({ file: `${indexUrl} ${JSON.stringify(name.slice(0, 100))}`, reason });
    else listed.push({ name, files: files.map((path) => ({ path, url: new URL(`${name}/${path}`, indexUrl).href })) });
  }
  return { listed, refused };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses it.
    return undefined;
  }
};

const reasonAgainst = (name: string, files: readonly string[]): string | undefined => {
  if (!skillNamePattern.test(name)) return `its name is not 1 to 64 of a-z, 0-9 and "-"`;
  if (files.length > remoteLimits.files) return `it has more than ${remoteLimits.files} files`;
  const unsafe = files.find((file) => file.length > remoteLimits.pathCharacters || !filePattern.test(file));
  if (unsafe !== undefined) return `the name of a file is not safe: ${JSON.stringify(unsafe.slice(0, 200))}`;
  if (new Set(files.map((file) => file.toLowerCase())).size !== files.length) return "it names a file twice";
  return files.includes("SKILL.md") ? undefined : "it has no SKILL.md";
};
