import type { Mark } from "./inline-text.ts";
import type { LinkTargets } from "./link-target.ts";
import type { Attributes } from "./markup-sink.ts";

const wrap = (before: string, after = before): Mark => ({ kind: "wrap", before, after });

const [strong, emphasis, deleted, code] = [wrap("**"), wrap("*"), wrap("~~"), { kind: "code" } as const];

const marks: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ["b", strong],
  ["strong", strong],
  ["em", emphasis],
  ["i", emphasis],
  ["cite", emphasis],
  ["dfn", emphasis],
  ["var", emphasis],
  ["del", deleted],
  ["s", deleted],
  ["strike", deleted],
  ["code", code],
  ["kbd", code],
  ["samp", code],
  ["tt", code],
  ["sup", wrap("<sup>", "</sup>")],
  ["sub", wrap("<sub>", "</sub>")],
  ["q", wrap("“", "”")],
  ["rt", wrap("(", ")")],
]);

/** A link that leads nowhere is text. */
const unmarked = wrap("");

/** How an element's text is marked, if it is. Without attributes, for its end, any link is one. */
export const markOf = (name: string, attributes: Attributes | undefined, links: LinkTargets): Mark | undefined => {
  if (name !== "a") return marks.get(name);
  const href = attributes === undefined ? undefined : links.resolve(attributes.get("href"));
  return href === undefined ? unmarked : { kind: "link", href };
};
