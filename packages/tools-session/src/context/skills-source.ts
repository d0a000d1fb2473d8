import { SkillShelf } from "../skills/skill-shelf.ts";

import type { Location, Logger } from "@holdfast/core";
import type { ContextSource } from "@holdfast/core/plugin";
import type { RemoteSkills } from "../skills/remote-skills.ts";

type Told = readonly { readonly name: string; readonly description: string }[];

/** Where skills are looked for beside folders, and until when. */
interface SkillsPlace {
  readonly location: Location;
  readonly log: Logger;
  /** Aborts when the plugin is closed. */
  readonly signal: AbortSignal;
  /** Skills of the web: those that were fetched so far, since a request waits for none. */
  readonly remote: RemoteSkills | undefined;
}

/** The skills that an agent may load, by name and description: those whose loading is not denied, where it has the tool for it. */
export const createSkillsSource = (
  folders: readonly string[],
  { location, log, signal: closing, remote }: SkillsPlace,
): ContextSource => {
  const shelf = new SkillShelf(folders, location.directory);
  return {
    key: "session/skills",
    load: async ({ tools, effectOf, signal }) => {
      if (!tools.includes("skill")) return undefined;
      const { skills, refused, isNew } = await shelf.look(signal);
      if (isNew)
        for (const { file, reason } of refused) log.warn("a file that looks like a skill is none", { file, reason });
      const fetched = (remote?.glance(closing) ?? []).map((skill) => [skill.name, skill] as const);
      const told = [...new Map([...fetched, ...skills]).values()]
        .filter(({ name }) => effectOf({ action: "skill", resource: name }) !== "deny")
        .map(({ name, description }) => ({ name, description: description.replaceAll(/\s+/g, " ") }))
        .toSorted((left, right) => (left.name < right.name ? -1 : 1));
      return told.length === 0 ? undefined : told;
    },
    baseline: (value) =>
      `There are instructions for certain kinds of tasks, as skills. Load one with the tool skill before you begin such a task:\n${listed(value as unknown as Told)}`,
    update: (value) => `The skills are others now:\n${listed(value as unknown as Told)}`,
    removal: () => "There are no skills any more.",
  };
};

const listed = (skills: Told): string => skills.map(({ name, description }) => `- ${name}: ${description}`).join("\n");
