import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { eventCatalogue } from "../../packages/core/src/event/catalogue.ts";
import { eventDocs } from "../docs/event-docs.ts";
import { referencePages } from "../docs/reference.ts";

/** Pages of the reference below a root that are not what the code gives, and events that the code does not explain. */
export const checkDocsReference = (root: string): readonly string[] => [...checkPages(root), ...checkEventDocs()];

const checkPages = (root: string): readonly string[] =>
  referencePages().flatMap(({ file, content }) => {
    const path = join(root, file);
    const found = existsSync(path) ? readFileSync(path, "utf8") : undefined;
    if (found === content) return [];
    const what =
      found === undefined ? "is not there" : `differs from the code at line ${firstDifference(found, content)}`;
    return [`${file} ${what}: write it with node scripts/bootstrap.mjs tools/docs/write.ts`];
  });

const firstDifference = (found: string, expected: string): number => {
  const lines = expected.split("\n");
  const at = found.split("\n").findIndex((line, index) => line !== lines[index]);
  return (at < 0 ? found.split("\n").length : at) + 1;
};

const checkEventDocs = (): readonly string[] => {
  const docs = eventDocs();
  return Object.keys(eventCatalogue).flatMap((type) =>
    (docs.get(type) ?? "") === ""
      ? [`event ${type} has no doc above its definition: when is it written, what does it prove?`]
      : [],
  );
};
