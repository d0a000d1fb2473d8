import * as z from "zod";

import { utf8Bytes } from "../event/blob-ref.ts";
import { canonicalJson } from "../json/canonical.ts";
import { isJsonObject } from "../json/json-value.ts";

import type { JsonObject } from "../json/json-value.ts";

/** Bytes of canonical JSON that an input's metadata may take. */
const mostBytes = 64 * 1024;
const deepest = 100;

/** The caller's own data beside an input. */
export const metadataSchema = z
  .custom<JsonObject>()
  .check((context) => {
    const problem = problemOf(context.value);
    if (problem !== undefined) context.issues.push({ code: "custom", message: problem, input: context.value });
  })
  .meta({ type: "object" });

const problemOf = (value: unknown): string | undefined => {
  try {
    // Walked with a bound first: what refers to itself, or to one thing again and again, has no end or no size.
    const extent = extentOf(value);
    if (extent !== undefined) return extent;
    if (!isJsonObject(value)) return "expected a JSON object";
    const bytes = utf8Bytes(canonicalJson(value));
    return bytes <= mostBytes ? undefined : `expected at most ${mostBytes} bytes of JSON, found ${bytes}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const extentOf = (value: unknown): string | undefined => {
  // No value takes less than a byte.
  let left = mostBytes;
  const walk = (at: unknown, depth: number): string | undefined => {
    left -= typeof at === "string" ? at.length : 1;
    if (left < 0) return `expected at most ${mostBytes} bytes of JSON, found more`;
    if (typeof at !== "object" || at === null) return undefined;
    if (depth === deepest) return `expected at most ${deepest} levels, found more, or an object that refers to itself`;
    for (const member of Object.values(at)) {
      const problem = walk(member, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return walk(value, 0);
};
