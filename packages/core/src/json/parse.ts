import type { JsonValue } from "./json-value.ts";

/** What came of reading a text as JSON: the value, or why it is none. */
export type ParsedJson =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly reason: string };

/** Reads a text as JSON without throwing. The only place in core that parses JSON. */
export const parseJson = (text: string): ParsedJson => {
  try {
    return { ok: true, value: JSON.parse(text) as JsonValue };
  } catch (error) {
    // JSON.parse throws nothing but SyntaxError, and its message is all that there is to say.
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
};
