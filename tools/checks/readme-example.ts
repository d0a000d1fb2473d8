import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const example = "examples/embed/src/main.ts";
const readme = "README.md";
const region = /^\/\/ #region readme\n([\s\S]*?)^\/\/ #endregion readme$/m;
const fence = /^```ts\n([\s\S]*?)^```$/gm;

/** Whether the README shows the embedding example as it is run: a sentence where it does not. */
export const checkReadmeExample = (root: string): readonly string[] => {
  const missing = [example, readme].filter((file) => !existsSync(join(root, file)));
  if (missing.length > 0) return missing.map((file) => `${file} is not there`);
  const code = region.exec(readFileSync(join(root, example), "utf8"))?.[1];
  if (code === undefined) return [`${example} has no part between "// #region readme" and "// #endregion readme"`];
  const shown = [...readFileSync(join(root, readme), "utf8").matchAll(fence)].map(([, block = ""]) => block);
  return shown.some((block) => block.trim() === code.trim())
    ? []
    : [`${readme} shows no block of TypeScript that equals the part "readme" of ${example}: copy it over`];
};
