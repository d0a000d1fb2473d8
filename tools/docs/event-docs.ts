import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../packages/core/src/event", import.meta.url));

// A doc comment, right before `export const x = defineEvent("type"`.
const documented = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const \w+ = defineEvent\(\s*"([a-z.]+)"/g;

/** What the source says of each type of event: the doc comment above its definition, as one line. */
export const eventDocs = (): ReadonlyMap<string, string> => {
  const files = readdirSync(folder).filter((name) => name.endsWith("-events.ts"));
  const found = files.flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(documented)].map(
      ([, comment = "", type = ""]) => [type, toLine(comment)] as const,
    ),
  );
  return new Map(found);
};

const toLine = (comment: string): string =>
  comment
    .split("\n")
    .map((line) => line.replace(/^\s*\*?\s*/, "").trim())
    .filter((line) => line !== "")
    .join(" ");
