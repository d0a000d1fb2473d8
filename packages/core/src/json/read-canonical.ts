import { canonicalJson } from "./canonical.ts";
import { parseJson } from "./parse.ts";

import type * as z from "zod";
import type { JsonValue } from "./json-value.ts";

/** The value of a text that is canonical JSON of its schema, word for word; null for any other text. */
export const readCanonical = <T>(text: string, schema: z.ZodType<T>): T | null => {
  const json = parseJson(text);
  const parsed = json.ok ? schema.safeParse(json.value) : null;
  if (parsed?.success !== true) return null;
  try {
    return canonicalJson(parsed.data as unknown as JsonValue) === text ? parsed.data : null;
  } catch (error) {
    // Half a surrogate pair has no canonical form.
    if (error instanceof TypeError) return null;
    throw error;
  }
};
