import { mostContextBytes, mostRemovalCharacters } from "../event/context-events.ts";
import { canonicalJson, toWellFormed } from "../json/canonical.ts";
import { boundText } from "../output/bound-text.ts";

import type { ToldSource } from "../event/context-events.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { Hash } from "../ports/hash.ts";
import type { ContextSource } from "./context-source.ts";

/** What was found of a source at a boundary. `unchanged`: its value is the one of `hash`, so that it was not rendered. */
export type Observation =
  | { readonly key: string; readonly found: "value"; readonly told: ToldSource }
  | { readonly key: string; readonly found: "unchanged" | "absent" | "unavailable" };

/**
 * What a loaded value says to the model, within bounds. Rendered only where `knownHash` is another one.
 *
 * @throws TypeError for a value that is no JSON, or a rendering that is no text; and what the renderers throw.
 */
export const observeSource = (
  source: ContextSource,
  value: JsonValue | undefined,
  { knownHash, hash }: { readonly knownHash: string | undefined; readonly hash: Hash },
): Observation => {
  const { key } = source;
  if (value === undefined) return { key, found: "absent" };
  const valueHash = hash(canonicalJson(value));
  if (valueHash === knownHash) return { key, found: "unchanged" };
  const text = bounded(source, source.baseline(value));
  const update = source.update === undefined ? text : bounded(source, source.update(value));
  const removal = toWellFormed(textOf(source, source.removal(value)).slice(0, mostRemovalCharacters));
  return {
    key,
    found: "value",
    told: { key, hash: valueHash, text, ...(update === text ? {} : { update }), removal },
  };
};

const bounded = (source: ContextSource, rendered: unknown): string =>
  toWellFormed(
    boundText(textOf(source, rendered), "not shown", { lines: Number.MAX_SAFE_INTEGER, bytes: mostContextBytes }).text,
  );

const textOf = ({ key }: ContextSource, rendered: unknown): string => {
  if (typeof rendered === "string") return rendered;
  throw new TypeError(`expected a text from context source ${key}, found ${typeof rendered}`);
};
