import { isJsonObject, parseJson, toWellFormedJson } from "@holdfast/core";

import { isTooDeep } from "./to-json.ts";

import type { JsonObject } from "@holdfast/core";

/**
 * A call's input as an object that can be sealed and shown again; undefined where the text is none. Legal JSON may hold what canonical
 * JSON refuses: an escaped lone surrogate, which is replaced, a number beyond the doubles, or ten thousand brackets.
 */
export const toCallObject = (text: string): JsonObject | undefined => {
  const parsed = parseJson(text);
  if (!parsed.ok || isTooDeep(parsed.value) || !isJsonObject(parsed.value)) return undefined;
  return toWellFormedJson(parsed.value);
};
