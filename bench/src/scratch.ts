import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own for one round, removed when it is disposed of. */
export const makeScratch = async (): Promise<AsyncDisposable & { readonly directory: string }> => {
  const directory = await mkdtemp(join(tmpdir(), "holdfast-bench-"));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
};
