import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A canonical folder that is removed when it is disposed of. */
export const temporaryFolder = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await realpath(await mkdtemp(join(tmpdir(), "holdfast-session-")));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};
