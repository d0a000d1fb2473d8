import { readdir } from "node:fs/promises";

import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { discoverSkills } from "../skills/discover-skills.ts";
import { skillLimits } from "../skills/skill-limits.ts";

import type { Tool } from "@holdfast/core/tool";
import type { RemoteSkills } from "../skills/remote-skills.ts";

/** Where skills are looked for. */
export interface SkillToolOptions {
  /** Folders, absolute or relative to the Location's directory; later ones win. */
  readonly folders: readonly string[];
  /** Skills of the web. Default: none. */
  readonly remote?: RemoteSkills | undefined;
}

const inputSchema = z.strictObject({
  name: z.string().min(1).max(64).describe("The skill's name"),
});

const outputSchema = z.strictObject({
  name: z.string(),
  /** What names within the instructions are relative to. */
  directory: z.string(),
  instructions: z.string(),
  /** Some of the files beside them. */
  files: z.array(z.string()),
});

/**
 * Shows the model the instructions of a skill. They are found anew at each call, so that a skill that was added or changed is seen. Changes
 * nothing, so recovery may run it again.
 */
export const createSkillTool = ({ folders, remote }: SkillToolOptions): Tool =>
  defineTool({
    name: "skill",
    description:
      "Loads the instructions of a skill: how to do a certain kind of task in this project. Load it before you begin such a task. An unknown name is answered with the names that there are.",
    input: inputSchema,
    output: outputSchema,
    replay: "safe",
    prepare: async ({ name }, ctx) => {
      // Before anything is looked at: a refusal does not say whether there is such a skill.
      await ctx.permission.assert({ action: "skill", resources: [name] });
      return { name };
    },
    execute: async ({ name }, ctx) => {
      const { signal } = ctx;
      const fetched = await remote?.load(signal);
      const local = await discoverSkills(folders, { base: ctx.location.directory, signal });
      for (const { file, reason } of [...(fetched?.refused ?? []), ...local.refused])
        ctx.log.warn("a file that looks like a skill is none", { file, reason });
      const skills = new Map([
        ...(fetched?.skills ?? []).map((skill) => [skill.name, skill] as const),
        ...local.skills,
      ]);
      const skill = skills.get(name);
      if (skill === undefined) throw new ToolFailure(unknownSkill(name, [...skills.values()]));
      ctx.signal.throwIfAborted();
      const entries = await readdir(skill.directory);
      const files = entries
        .filter((entry) => entry !== "SKILL.md")
        .toSorted()
        .slice(0, skillLimits.sampledFiles);
      return { name, directory: skill.directory, instructions: skill.instructions, files };
    },
    present: ({ name, directory, instructions, files }) =>
      [
        `<skill name="${name}">`,
        instructions.trim(),
        `</skill>`,
        `Paths in it are relative to ${directory}.`,
        ...(files.length === 0 ? [] : [`Files there: ${files.join(", ")}`]),
      ].join("\n"),
  });

const unknownSkill = (
  name: string,
  skills: readonly { readonly name: string; readonly description: string }[],
): string => {
  const listed = skills.map((skill) => `- ${skill.name}: ${skill.description.replaceAll(/\s+/g, " ")}`).join("\n");
  return skills.length === 0
    ? `There is no skill ${name}; there are none at all.`
    : `There is no skill ${name}. There are:\n${listed}`;
};
