import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own for one round, removed when it is disposed of. */
export const makeScratch = async (): Promise<
  AsyncDisposable & { readonly directory: string; readonly store: string }
> => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "holdfast-torture-")));
  return {
    directory,
    store: join(directory, "sessions.db"),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
};
