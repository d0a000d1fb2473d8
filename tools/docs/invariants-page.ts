import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { eventCatalogue } from "../../packages/core/src/event/catalogue.ts";
import { afterEvent } from "./after-event.ts";
import { laws } from "./laws.ts";

import type { EventType } from "../../packages/core/src/event/catalogue.ts";
import type { AfterEvent } from "./after-event/after-event-row.ts";
import type { Proof } from "./proof.ts";

const page = fileURLToPath(new URL("../../docs/invariants.md", import.meta.url));
const end = "<!-- end of what is made -->";

const names = {
  B0: "admitted",
  B1: "promoted",
  B2: "request intended",
  B3: "call intended",
  B4: "effect begun",
  B5: "call settled",
  B6: "step settled",
  B7: "idle",
} as const;

/** The page of the invariants: the laws, and what holds after each event, are made from tables; the rest is kept as it is. */
export const invariantsPage = (): string =>
  [
    { from: "laws.ts", made: lawSections() },
    { from: "after-event.ts", made: table() },
  ].reduce(replaceMade, readFileSync(page, "utf8"));

const replaceMade = (text: string, { from, made }: { readonly from: string; readonly made: string }): string => {
  const begin = `<!-- made from tools/docs/${from}: pnpm run docs -->`;
  const [before, rest] = text.split(begin);
  const [old, ...after] = rest?.split(end) ?? [];
  if (before === undefined || old === undefined || after.length === 0)
    throw new Error(`expected the marks "${begin}" and "${end}" in docs/invariants.md, in this order`);
  return `${before}${begin}\n\n${made}\n\n${end}${after.join(end)}`;
};

const lawSections = (): string => {
  let number = 0;
  const sections = laws.map(({ title, laws: own }) =>
    [
      `### ${title}`,
      "",
      "| | law | proved by |",
      "| --- | --- | --- |",
      ...own.map(({ holds, provedBy }) => `| ${++number} | ${holds} | ${provedBy.map(toLink).join(", ")} |`),
    ].join("\n"),
  );
  return sections.join("\n\n");
};

const table = (): string => {
  const types = Object.keys(eventCatalogue) as readonly EventType[];
  return [
    "| last event | boundary | right after it, it is certain | recovery then | proved by |",
    "| --- | --- | --- | --- | --- |",
    ...types.map((type) => row(type, afterEvent[type])),
  ].join("\n");
};

const row = (type: EventType, { certain, recovery, provedBy }: AfterEvent): string => {
  const { boundary } = eventCatalogue[type];
  const name = boundary === undefined ? "" : `${boundary} ${names[boundary]}`;
  return `| \`${type}\` | ${name} | ${certain} | ${recovery} | ${provedBy.map(toLink).join(", ")} |`;
};

const toLink = ({ title, file }: Proof): string => `["${title}"](../${file})`;
