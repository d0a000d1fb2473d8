import { homedir } from "node:os";
import { dirname, resolve } from "node:path";

import { ToolFailure } from "@holdfast/core/tool";

/**
 * Refuses to search what holds everything of a person or a system: the home directory, what is above it, and the root.
 *
 * @throws ToolFailure that says to narrow the search.
 */
export const assertNarrow = (absolute: string): void => {
  const home = resolve(homedir());
  const wide = new Set([resolve("/"), home]);
  for (let above = dirname(home); !wide.has(above); above = dirname(above)) wide.add(above);
  if (!wide.has(resolve(absolute))) return;
  throw new ToolFailure(
    `Expected a directory that a search can get through, found ${absolute}, ${absolute === home ? "the home directory" : "which holds the home directory"}. Name a directory below it.`,
  );
};
