import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const guide = "docs/guides/write-a-tool-plugin.md";
const example = "examples/third-party-plugin";
const region = /^ *\/\/ #region (\S+)\n([\s\S]*?)^ *\/\/ #endregion \1$/gm;
const fence = /^```ts\n([\s\S]*?)^```$/gm;

/** Whether the guide for plugins shows nothing but what its example runs: a sentence for each block that is not in it. */
export const checkGuideSnippets = (root: string): readonly string[] => {
  const files = ["src", "test"].flatMap((folder) =>
    readdirSync(join(root, example, folder)).map((file) => join(root, example, folder, file)),
  );
  const regions = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(region)].map(([, , code = ""]) => code.trim()),
  );
  const shown = [...readFileSync(join(root, guide), "utf8").matchAll(fence)].map(([, block = ""]) => block.trim());
  if (shown.length === 0) return [`${guide} shows no block of TypeScript`];
  return shown
    .filter((block) => !regions.includes(block))
    .map(
      (block) => `${guide} shows what is no part of ${example}: copy it over. It begins with: ${block.split("\n")[0]}`,
    );
};
