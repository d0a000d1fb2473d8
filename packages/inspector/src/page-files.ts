import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** What the page consists of. */
export interface PageFiles {
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

/** What is bundled of others wants to be named wherever it is copied. */
const notice =
  "/*! Holdfast's inspector (MIT). With Preact (MIT, (c) Jason Miller) and eventsource-parser (MIT, (c) Espen Hovlandsdal). */";

const pathOf = (file: string): string => fileURLToPath(new URL(`./page/${file}`, import.meta.url));

/** The page, bundled from its sources as it is asked for. The package as it is published holds what this gave when it was built. */
export const pageFiles = async (): Promise<PageFiles> => {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: { page: pathOf("main.tsx"), style: pathOf("page.css") },
    outdir: "/",
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["chrome123", "firefox120", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    banner: { js: notice },
    write: false,
    logLevel: "silent",
  });
  const textOf = (name: string): string => outputFiles.find(({ path }) => path.endsWith(name))?.text ?? "";
  return { html: await readFile(pathOf("page.html"), "utf8"), script: textOf("page.js"), style: textOf("style.css") };
};
