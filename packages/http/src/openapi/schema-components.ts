import { jsonObjectSchema, jsonValueSchema } from "@holdfast/core";
import { argumentSchemas } from "@holdfast/core/arguments";
import { answerSchemas, durableEventSchema, liveEventSchema, noticeSchema, problemSchema } from "@holdfast/core/wire";
import * as z from "zod";

import type { JsonObject } from "@holdfast/core";
import type { ArgumentName } from "@holdfast/core/arguments";

const prefix = "#/components/schemas/";

const answers = {
  ...answerSchemas,
  durableEvent: durableEventSchema,
  liveEvent: liveEventSchema,
  notice: noticeSchema,
  problem: problemSchema,
};

/** The name of an answer's schema in the document. */
export const componentName = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** A reference to an answer's schema in the document. */
export const componentRef = (name: keyof typeof answers): JsonObject => ({ $ref: prefix + componentName(name) });

/** Every answer as JSON Schema (2020-12), as OpenAPI 3.1 holds it, by its name in the document. */
export const schemaComponents = (): JsonObject => {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(answers)) registry.add(schema, { id: componentName(name) });
  const { schemas } = z.toJSONSchema(registry, { ...rendering, io: "output", uri: (id) => prefix + id });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, toPlain(schema)]));
};

/** What a method takes as JSON Schema: strict, with what a caller may leave out. */
export const argumentJsonSchema = (name: ArgumentName): JsonObject =>
  toPlain(z.toJSONSchema(argumentSchemas[name], { ...rendering, io: "input" }));

// zod knows no JSON Schema of what is checked by a function alone: JSON values are any, JSON objects are objects.
const rendering = {
  unrepresentable: "any",
  override: ({
    zodSchema,
    jsonSchema,
  }: {
    readonly zodSchema: unknown;
    readonly jsonSchema: Record<string, unknown>;
  }) => {
    if (zodSchema === jsonObjectSchema) jsonSchema["type"] = "object";
    if (zodSchema === jsonValueSchema) jsonSchema["description"] = "Any JSON value.";
  },
} as const;

/** Without what only a document of its own has, and without bounds that say nothing but what a number can hold. */
const toPlain = (schema: unknown): JsonObject =>
  JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => {
      if (key === "$schema" || key === "$id") return undefined;
      if (key === "maximum" && value === Number.MAX_SAFE_INTEGER) return undefined;
      if (key === "minimum" && value === Number.MIN_SAFE_INTEGER) return undefined;
      return value;
    }),
  ) as JsonObject;
