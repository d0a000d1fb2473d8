import { toFileFailure } from "./file-failure.ts";

import type { FileSystem } from "../file-system.ts";
import type { Target } from "../paths/target.ts";

/**
 * A rename needs no right to write the file itself, so a file that is read-only would not protect itself.
 *
 * @throws ToolFailure where the process may not write to it.
 */
export const assertWritable = async (files: FileSystem, { absolute, path }: Target): Promise<void> =>
  files.assertWritable(absolute).catch((error: unknown) => {
    throw toFileFailure(error, path);
  });
