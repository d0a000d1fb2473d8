import { delimiter } from "node:path";

import { findProgram } from "../find-program.ts";

const usualFolders = ["/bin", "/usr/bin", "/usr/local/bin"];

/** The shell that runs commands: bash where there is one, since that is what models write for, else /bin/sh. */
export const findShell = async (searchPath = ""): Promise<string> =>
  (await findProgram("bash", [...usualFolders, searchPath].join(delimiter))) ?? "/bin/sh";
