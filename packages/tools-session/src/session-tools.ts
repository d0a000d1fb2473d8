import { definePlugin } from "@holdfast/core/plugin";

import { dateSource } from "./context/date-source.ts";
import { createSkillsSource } from "./context/skills-source.ts";
import { RemoteSkills } from "./skills/remote-skills.ts";
import { createQuestionTool } from "./tools/question-tool.ts";
import { createSkillTool } from "./tools/skill-tool.ts";
import { createTodoWriteTool } from "./tools/todo-write-tool.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { Tool } from "@holdfast/core/tool";
import type { RemoteSkillsOptions } from "./skills/skill-fetch.ts";

/** The tools of this package, by name. */
export type SessionToolName = "question" | "todowrite" | "skill";

/** What a host may choose. */
export interface SessionToolsOptions {
  /** Which tools the model is told of. Default: all of them. What they may do is for the runtime's rules to say. */
  readonly tools?: readonly SessionToolName[] | undefined;
  readonly skills?:
    | {
        /**
         * Folders that are looked through for skills, absolute or relative to the Location's directory; of two skills of one name that of
         * the later folder counts. Default: `.agents/skills`.
         */
        readonly folders?: readonly string[] | undefined;
        /** Skills that are fetched from the web. Default: none. */
        readonly remote?: RemoteSkillsOptions | undefined;
      }
    | undefined;
  /** Whether the model is told the date, and which skills there are, and is kept up to date about both. Default: true. */
  readonly context?: boolean | undefined;
}

/** A plugin with tools to ask the user, to keep a list of todos, and to load skills. */
export const sessionTools = ({ tools, skills, context = true }: SessionToolsOptions = {}): Plugin => {
  const folders = skills?.folders ?? [".agents/skills"];
  const remote = skills?.remote === undefined ? undefined : new RemoteSkills(skills.remote);
  const all = {
    question: createQuestionTool(),
    todowrite: createTodoWriteTool(),
    skill: createSkillTool({ folders, remote }),
  } satisfies Record<SessionToolName, Tool>;
  const chosen = tools === undefined ? Object.values(all) : [...new Set(tools)].map((name) => all[name]);
  return definePlugin({
    name: "@holdfast/tools-session",
    setup: (ctx) => {
      for (const tool of chosen) ctx.tools.register(tool);
      if (!context) return undefined;
      ctx.context.register(dateSource);
      ctx.context.register(
        createSkillsSource(folders, { location: ctx.location, log: ctx.log, signal: ctx.signal, remote }),
      );
      return () => remote?.settled();
    },
  });
};
