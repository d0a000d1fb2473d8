import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** The first program of a name in folders, as PATH lists them; undefined where there is none. */
export const findProgram = async (name: string, folders: string): Promise<string | undefined> => {
  // A relative folder in PATH would find whatever a Location holds.
  for (const folder of folders.split(delimiter).filter((one) => isAbsolute(one))) {
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
};

/** Whether a file is a program that this process may run. */
export const isExecutable = async (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
