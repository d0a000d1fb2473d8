import { relative } from "node:path";
import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

import { applyMutant } from "./apply-mutant.ts";
import { mutants } from "./mutants.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const wanted = process.env["HOLDFAST_MUTANT"] ?? "";
const mutant = mutants.find(({ name }) => name === wanted);
if (wanted !== "" && mutant === undefined) throw new Error(`there is no mutant "${wanted}"`);

// Changes the sources as they are loaded, and no file: an interrupted run leaves nothing behind.
// oxlint-disable-next-line import/no-default-export -- vitest wants it
export default defineConfig({
  root,
  plugins: [
    {
      name: "mutant",
      enforce: "pre",
      transform: (source, id) => {
        const file = relative(root, id.split("?")[0] ?? id);
        return mutant === undefined ? null : applyMutant(mutant, file, source);
      },
    },
  ],
  test: {
    include: ["packages/**/*.test.ts"],
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 20_000,
    watch: false,
    // It would hand a mutant the sources of the run before.
    fsModuleCache: false,
  },
});
