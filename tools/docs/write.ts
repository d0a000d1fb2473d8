// Writes the pages of the reference from the code. `tools/checks/docs-reference.ts` says when that was forgotten.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { referencePages } from "./reference.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

for (const { file, content } of referencePages()) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
  process.stdout.write(`${file}\n`);
}
