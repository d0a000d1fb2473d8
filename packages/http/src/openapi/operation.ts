import { argumentJsonSchema, componentRef } from "./schema-components.ts";

import type { JsonObject, JsonValue } from "@holdfast/core";
import type { Route } from "@holdfast/core/routes";

/** One route as an operation of the document: its argument, taken apart into path, query and body. */
export const toOperation = (name: string, route: Route): JsonObject => {
  const schema = argumentJsonSchema(route.argument);
  const properties = (schema["properties"] ?? {}) as Record<string, JsonObject>;
  const required = new Set((schema["required"] ?? []) as readonly string[]);
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, member = ""]) => member);
  const inQuery = Object.keys(route.query ?? {});
  const inBody = Object.keys(properties).filter((member) => !inPath.includes(member) && !inQuery.includes(member));
  const parameters = [
    ...inPath.map((member) => parameter("path", member, { schema: properties[member] ?? {}, required: true })),
    ...inQuery.map((member) =>
      parameter("query", member, { schema: properties[member] ?? {}, required: required.has(member) }),
    ),
    ...(headers[name] ?? []),
  ];
  const body = bodyOf(route, Object.fromEntries(inBody.map((member) => [member, properties[member] ?? {}])), required);
  return {
    operationId: name,
    summary: route.summary,
    tags: [name.slice(0, name.indexOf("."))],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { 200: answerOf(name, route), default: problem },
  };
};

const parameter = (
  place: "path" | "query" | "header",
  name: string,
  { schema, required }: { readonly schema: JsonObject; readonly required: boolean },
): JsonObject => ({ in: place, name, required, schema });

const headers: Readonly<Record<string, readonly JsonObject[]>> = {
  "sessions.prompt": [
    parameter("header", "Idempotency-Key", {
      schema: { type: "string", minLength: 1, maxLength: 255, description: "`idempotencyKey`, not together with it." },
      required: false,
    }),
  ],
  "sessions.events": [
    parameter("header", "Last-Event-ID", {
      schema: { type: "string", description: "`after`, and wins over it." },
      required: false,
    }),
  ],
};

const bodyOf = (
  { method, body = "json" }: Route,
  properties: Readonly<Record<string, JsonValue>>,
  required: ReadonlySet<string>,
): JsonObject | undefined => {
  if (body === "lines") {
    return { required: true, content: { "application/x-ndjson": { schema: { type: "string" } } } };
  }
  if (method === "GET" || body === "none") return undefined;
  const members = Object.keys(properties);
  const wanted = members.filter((member) => required.has(member));
  const schema = {
    type: "object",
    properties,
    ...(wanted.length === 0 ? {} : { required: wanted }),
    additionalProperties: false,
  };
  return { required: wanted.length > 0, content: { "application/json": { schema } } };
};

const answerOf = (name: string, { answer }: Route): JsonObject => {
  if (answer === "lines") {
    return { description: "The lines.", content: { "application/x-ndjson": { schema: { type: "string" } } } };
  }
  const json = { "application/json": { schema: componentRef(answer) } };
  if (name !== "sessions.events") return { description: "The answer.", content: json };
  return {
    description: "A page, or a stream of the frames event, sync, live, notice, error, reconnect and end.",
    content: { ...json, "text/event-stream": { schema: { type: "string" } } },
  };
};

const problem: JsonObject = {
  description: "What went wrong.",
  content: { "application/problem+json": { schema: componentRef("problem") } },
};
