import { preset } from "../../tools/tsup/preset.ts";
import { pageFiles } from "./src/page-files.ts";

// The page as it is bundled now, in place of what would bundle it.
export default preset(import.meta.dirname, {
  replaced: {
    "page-files.ts": async () => `export const pageFiles = async () => (${JSON.stringify(await pageFiles())});`,
  },
});
