// Entry ".": for who embeds a runtime and wants its model to ask the user, keep a list of todos, and load skills.
export { sessionTools } from "./session-tools.ts";

export type { SessionToolName, SessionToolsOptions } from "./session-tools.ts";
export type { RemoteSkillsOptions, SkillFetch } from "./skills/skill-fetch.ts";
