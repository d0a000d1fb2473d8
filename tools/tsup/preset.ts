import { readFileSync } from "node:fs";
import { join } from "node:path";

import { defineConfig } from "tsup";

interface Manifest {
  readonly exports: { readonly [entry: string]: string };
}

/** Modules that are built as another text, by the end of their path. */
export type Replaced = Readonly<Record<string, () => Promise<string>>>;

/** How every package is built: one bundle per entry of its `exports`, ESM with types, for the oldest Node that runs it. */
export const preset = (
  packageDirectory: string,
  options: { readonly bundle?: readonly string[]; readonly replaced?: Replaced } = {},
) => {
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
    esbuildPlugins: Object.entries(options.replaced ?? {}).map(([file, write]) => ({
      name: `replaced-${file}`,
      setup: (build) => {
        const filter = new RegExp(`[/\\\\]${file.replaceAll(".", "\\.")}$`);
        build.onLoad({ filter }, async () => ({ contents: await write(), loader: "js" }));
      },
    })),
  });
};
