import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { eventCatalogue } from "../../packages/core/src/event/catalogue.ts";
import { afterEvent } from "./after-event.ts";

import type { EventType } from "../../packages/core/src/event/catalogue.ts";
import type { AfterEvent, Proof } from "./after-event.ts";

const page = fileURLToPath(new URL("../../docs/invariants.md", import.meta.url));
const begin = "<!-- made from tools/docs/after-event.ts: pnpm run docs -->";
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

/** The page of the invariants: the table of what holds after each event is made from the catalogue, the rest is kept as it is. */
export const invariantsPage = (): string => {
  const text = readFileSync(join(page), "utf8");
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`expected the marks "${begin}" and "${end}" in docs/invariants.md, once and in this order`);
  return `${before}${begin}\n\n${table()}\n\n${end}${after}`;
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
