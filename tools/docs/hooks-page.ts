import { hookCatalogue } from "../../packages/core/src/plugin/hook-catalogue.ts";
import { generatedNote } from "./generated-note.ts";

/** The page that says of every hook what it promises. */
export const hooksPage = (): string => {
  const sections = Object.entries(hookCatalogue).map(
    ([name, { kind, when, order, failure, silence, limitMs, users }]) => `## \`${name}\`

| | |
| --- | --- |
| kind | ${kind} |
| when | ${when} |
| order | ${order} |
| a tap that answers nothing | ${silence} |
| a tap that throws, takes longer than ${limitMs.toLocaleString("en")} ms, or answers what cannot be read | ${failure} |

For instance:

${users.map((user) => `- ${user}`).join("\n")}
`,
  );
  return `# Hooks

${generatedNote("packages/core/src/plugin/hook-catalogue.ts")}

Each Location has its own set of hooks, which a plugin taps in its \`setup\`: \`ctx.hooks.NAME.tapPromise(tap, { stage?, before? })\`. A hook that
*decides* gives each tap what the one before returned; one that *precedes* waits for its taps, one after the other; one that *watches* tells each tap
by itself. What a tap is given is frozen, and what it answers is checked. A tap of a lower \`stage\` (default 0) runs first; \`before\` names a plugin, set up earlier, whose taps it runs before. Every failure
is a \`plugin.hook-failed\` that names plugin, hook and Location, is logged, and is counted in \`locations.list()\`, beside how long each tap takes.

Each change of plugins compiles a fresh set. A step that runs keeps the set that it began with; the next one has the new.

${sections.join("\n")}`;
};
