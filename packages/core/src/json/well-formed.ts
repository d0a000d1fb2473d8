import { toWellFormed } from "./canonical.ts";

import type { JsonObject, JsonValue } from "./json-value.ts";

/** A JSON value with every text in it well-formed. */
interface ToWellFormedJson {
  (value: JsonObject): JsonObject;
  (value: JsonValue): JsonValue;
}

/**
 * A JSON value with each lone surrogate in its texts and keys replaced by U+FFFD, so that it can be sealed: the escape `\ud83d` is
 * legal in JSON, and canonical JSON refuses what it stands for. The value itself where nothing had to be replaced. Where two keys
 * become the same, the last one counts, as in JSON.
 */
export const toWellFormedJson: ToWellFormedJson = ((value: JsonValue): JsonValue => {
  if (typeof value === "string") return toWellFormed(value);
  if (typeof value !== "object" || value === null) return value;
  return isArray(value) ? toWellFormedArray(value) : toWellFormedObject(value);
}) as ToWellFormedJson;

const isArray = (value: object): value is readonly JsonValue[] => Array.isArray(value);

const toWellFormedArray = (items: readonly JsonValue[]): readonly JsonValue[] => {
  const mended = items.map((item) => toWellFormedJson(item));
  return mended.some((item, index) => item !== items[index]) ? mended : items;
};

const toWellFormedObject = (value: JsonObject): JsonObject => {
  const entries = Object.entries(value);
  const mended = entries.map(([key, member]) => [toWellFormed(key), toWellFormedJson(member)] as const);
  const isSame = mended.every(([key, member], index) => key === entries[index]?.[0] && member === entries[index][1]);
  // Made from entries, so that a key `__proto__` is a key like any other.
  return isSame ? value : Object.fromEntries(mended);
};
