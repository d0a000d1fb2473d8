import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** An example that is run, and the README that shows a part of it. */
interface Shown {
  readonly example: string;
  readonly readme: string;
}

/** The example of the whole, and those of the server, its page and the SDK. */
export const shownExamples: readonly Shown[] = [
  { example: "examples/embed/src/main.ts", readme: "README.md" },
  { example: "examples/serve/src/main.ts", readme: "packages/http/README.md" },
  { example: "examples/inspect/src/main.ts", readme: "packages/inspector/README.md" },
  { example: "examples/watch/src/main.ts", readme: "packages/sdk/README.md" },
];

const region = /^\/\/ #region readme\n([\s\S]*?)^\/\/ #endregion readme$/m;
const fence = /^```ts\n([\s\S]*?)^```$/gm;

/** Whether a README shows its example as it is run: a sentence where it does not. */
export const checkReadmeExample = (root: string, { example, readme }: Shown): readonly string[] => {
  const missing = [example, readme].filter((file) => !existsSync(join(root, file)));
  if (missing.length > 0) return missing.map((file) => `${file} is not there`);
  const code = region.exec(readFileSync(join(root, example), "utf8"))?.[1];
  if (code === undefined) return [`${example} has no part between "// #region readme" and "// #endregion readme"`];
  const shown = [...readFileSync(join(root, readme), "utf8").matchAll(fence)].map(([, block = ""]) => block);
  return shown.some((block) => block.trim() === code.trim())
    ? []
    : [`${readme} shows no block of TypeScript that equals the part "readme" of ${example}: copy it over`];
};
