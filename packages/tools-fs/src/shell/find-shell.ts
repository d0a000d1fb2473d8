import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

const usualFolders = ["/bin", "/usr/bin", "/usr/local/bin"];

/** The shell that runs commands: bash where there is one, since that is what models write for, else /bin/sh. */
export const findShell = async (searchPath: string | undefined): Promise<string> => {
  // A relative folder in PATH would find whatever a Location holds.
  const folders = [...usualFolders, ...(searchPath ?? "").split(delimiter).filter((folder) => isAbsolute(folder))];
  for (const folder of folders) {
    const candidate = join(folder, "bash");
    if (await isExecutable(candidate)) return candidate;
  }
  return "/bin/sh";
};

const isExecutable = async (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
