import { eventCatalogue } from "../../packages/core/src/event/catalogue.ts";
import { describeSchema } from "./describe-schema.ts";
import { eventDocs } from "./event-docs.ts";
import { generatedNote } from "./generated-note.ts";

import type { EventDefinition } from "../../packages/core/src/event/define-event.ts";
import type { JsonSchema } from "./describe-schema.ts";

/** The page that lists every durable event, in the order of the catalogue. */
export const eventsPage = (): string => {
  const docs = eventDocs();
  const sections = Object.values(eventCatalogue).map((definition) =>
    section(definition, docs.get(definition.type) ?? ""),
  );
  return `# Durable events

${generatedNote("packages/core/src/event/catalogue.ts")}

A session's log is a list of these. Around the data of each stands the same envelope: \`id\`, \`sessionId\`, \`seq\` (0, 1, 2, … without a
gap), \`type\`, \`version\`, \`time\` (epoch milliseconds), \`fence\` (of the claim, or null), \`prevHash\`, and \`hash\` beside it. An owner-only
event is refused without the session's live fence. The boundaries B0 to B7 are explained in [invariants](../invariants.md#boundaries).

A text may be \`{ $blob, bytes }\` where it is over 256 KiB: the store keeps it under its hash, and \`events()\` of a runtime puts it back in
its place.

${sections.join("\n\n")}
`;
};

const section = ({ type, version, ownerOnly, boundary, data }: EventDefinition, doc: string): string => {
  const traits = [`version ${version}`, ownerOnly ? "owner-only" : "anyone", boundary].filter(
    (trait) => trait !== undefined,
  );
  const { properties = {}, required = [] } = data.toJSONSchema({ unrepresentable: "any" }) as JsonSchema;
  const rows = Object.entries(properties).map(
    ([name, schema]) =>
      `| \`${name}\` | ${escapeCell(describeSchema(schema))} | ${required.includes(name) ? "yes" : "no"} |`,
  );
  return [
    `## ${type}`,
    `*${traits.join(", ")}*`,
    doc,
    ["| field | value | always there |", "| --- | --- | --- |", ...rows].join("\n"),
  ].join("\n\n");
};

const escapeCell = (text: string): string => text.replaceAll("|", "\\|");
