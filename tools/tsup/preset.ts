import { readFileSync } from "node:fs";
import { join } from "node:path";

import { defineConfig } from "tsup";

interface Manifest {
  readonly exports: { readonly [entry: string]: string };
}

/** How every package is built: one bundle per entry of its `exports`, ESM with types, for the oldest Node that runs it. */
export const preset = (packageDirectory: string, options: { readonly bundle?: readonly string[] } = {}) => {
  const manifest = JSON.parse(readFileSync(join(packageDirectory, "package.json"), "utf8")) as Manifest;
  return defineConfig({
    entry: Object.values(manifest.exports),
    format: "esm",
    target: "node22.19",
    tsconfig: "../../tsconfig.base.json",
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    noExternal: [...(options.bundle ?? [])],
  });
};
