import type { ContextSource } from "@holdfast/core/plugin";
import type { InstructionFiles } from "./instruction-files.ts";

/** Where the tools work: the directory, the system, and whether it is a repository. Nothing of the host's environment. */
export const createEnvironmentSource = (directory: string, instructions: InstructionFiles): ContextSource<string> => ({
  key: "fs/environment",
  load: async () => {
    const root = await instructions.repository();
    return [
      `Working directory: ${directory}`,
      `Platform: ${process.platform}`,
      root === undefined ? "Not in a git repository" : `Root of the git repository: ${root}`,
    ].join("\n");
  },
  baseline: (text) => text,
  update: (text) => `The environment is another one now.\n${text}`,
  removal: () => "The working directory is no longer told.",
});
