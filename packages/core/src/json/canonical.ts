import type { JsonValue } from "./json-value.ts";

/**
 * Canonical JSON after RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space, ECMAScript number and string
 * forms. Equal values give equal text, whatever the order of their keys. Keys whose value is `undefined` are left out.
 *
 * @throws TypeError for what JSON cannot carry: a lone surrogate, NaN, Infinity, a bigint, a function, a symbol.
 */
export const canonicalJson = (value: JsonValue | undefined): string => {
  switch (typeof value) {
    case "string":
      return canonicalString(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no ${value}: expected a finite number`);
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      return isArray(value) ? canonicalArray(value) : canonicalObject(value);
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}: expected a JSON value`);
  }
};

/** A text with each lone surrogate replaced by U+FFFD, so that it can be sealed: a stream may be cut in mid-emoji. */
export const toWellFormed = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed());

const isArray = (value: object): value is readonly JsonValue[] => Array.isArray(value);

const canonicalString = (text: string): string => {
  if (!text.isWellFormed())
    throw new TypeError("canonical JSON refuses a lone surrogate: make the text well-formed first");
  return JSON.stringify(text);
};

const canonicalArray = (items: readonly JsonValue[]): string => {
  let text = "[";
  for (let index = 0; index < items.length; index++) text += (index === 0 ? "" : ",") + canonicalJson(items[index]);
  return `${text}]`;
};

const canonicalObject = (value: { readonly [key: string]: JsonValue }): string => {
  let text = "{";
  for (const key of sortedKeys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    text += (text.length === 1 ? "" : ",") + (keyTexts.get(key) ?? toKeyText(key)) + canonicalJson(member);
  }
  return `${text}}`;
};

const sortedKeys = (value: object): readonly string[] => {
  const keys = Object.keys(value);
  // Most objects that come by here were written or read in this order, or have two keys.
  for (let index = 1; index < keys.length; index++)
    if ((keys[index - 1] ?? "") > (keys[index] ?? "")) return keys.toSorted();
  return keys;
};

// The names of fields are few, and come again and again; those of a tool's input need not be.
const mostKeyTexts = 1_000;
const keyTexts = new Map<string, string>();

const toKeyText = (key: string): string => {
  const text = `${canonicalString(key)}:`;
  if (keyTexts.size < mostKeyTexts && key.length < 64) keyTexts.set(key, text);
  return text;
};
