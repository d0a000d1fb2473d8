import { defineConfig } from "tsup";

import { preset } from "../../tools/tsup/preset.ts";
import { pageFiles } from "./src/page-files.ts";

const built = preset(import.meta.dirname);

/** As every package is built, but with the page as it is bundled now in place of what would bundle it. */
export default defineConfig({
  ...built,
  esbuildPlugins: [
    {
      name: "bundled-page",
      setup: ({ onLoad }) => {
        onLoad({ filter: /[/\\]page-files\.ts$/ }, async () => ({
          contents: `export const pageFiles = async () => (${JSON.stringify(await pageFiles())});`,
          loader: "js",
        }));
      },
    },
  ],
});
