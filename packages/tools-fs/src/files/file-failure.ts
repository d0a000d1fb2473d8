import { ToolFailure } from "@holdfast/core/tool";

const sentences: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is nothing at ${path}. Look at its directory for the right name.`,
  ENOTDIR: (path) => `A part of ${path} that should be a directory is none. Look at what is there first.`,
  EEXIST: (path) => `Something stands at ${path} by now. Nothing was changed: look at it, then call again.`,
  EISDIR: (path) => `${path} is a directory, and a file was expected.`,
  ELOOP: (path) => `The symbolic links of ${path} lead in a circle. Name the file itself.`,
  ENAMETOOLONG: (path) => `The path is too long for the file system: ${path.slice(0, 100)}… Name a shorter one.`,
  EACCES: (path) => `The system does not permit this on ${path}. Its owner or mode would have to change.`,
  EPERM: (path) => `The system does not permit this on ${path}.`,
  EROFS: (path) => `${path} is on a file system that is read-only.`,
  ENXIO: (path) => `${path} is a socket or a pipe without a reader, and a regular file was expected.`,
  ETXTBSY: (path) => `${path} is a program that is running. End it first.`,
  ENOSPC: (path) => `There is no space left for ${path}.`,
  EDQUOT: (path) => `The quota does not permit more for ${path}.`,
  EFBIG: (path) => `The file system does not take a file as large as ${path} would become.`,
};

/** Whether an error says that there is nothing at a path. */
export const isNothingThere = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/** What is thrown for an error of the file system: a sentence for the model where it is an outcome to expect, else the error itself. */
export const toFileFailure = (error: unknown, path: string): unknown => {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  const sentence = sentences[error.code];
  return sentence === undefined ? error : new ToolFailure(sentence(path), { cause: error });
};
