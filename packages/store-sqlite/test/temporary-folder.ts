import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is removed with what it holds when it is disposed of. */
export const temporaryFolder = () => {
  const path = mkdtempSync(join(tmpdir(), "holdfast-sqlite-"));
  return {
    path,
    join: (name: string) => join(path, name),
    [Symbol.dispose]: () => {
      chmodSync(path, 0o755);
      rmSync(path, { recursive: true, force: true });
    },
  };
};
