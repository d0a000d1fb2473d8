import { routes } from "@holdfast/core/routes";

import { toOperation } from "./operation.ts";
import { schemaComponents } from "./schema-components.ts";

import type { JsonObject } from "@holdfast/core";
import type { Route } from "@holdfast/core/routes";

let made: JsonObject | undefined;

/** The OpenAPI 3.1 document of all routes, made from the schemas that check requests. The same object each time: do not change it. */
export const openApiDocument = (): JsonObject => (made ??= makeDocument());

const makeDocument = (): JsonObject => {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const [name, route] of Object.entries<Route>(routes)) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = toOperation(name, route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Holdfast",
      version: "1",
      description: "Sessions of coding agents that survive crashes. PROTOCOL.md says what this document cannot.",
      license: { name: "MIT", identifier: "MIT" },
    },
    security: [{}, { token: [] }],
    paths: { ...paths, ...health },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: schemaComponents(),
    },
  };
};

const status = (value: string): JsonObject => ({
  description: "It is.",
  content: {
    "application/json": {
      schema: { type: "object", properties: { status: { const: value, type: "string" } }, required: ["status"] },
    },
  },
});

const notReady: JsonObject = {
  description: "Why it is not, and what to do.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const health: Record<string, JsonObject> = {
  "/health": {
    get: {
      operationId: "health",
      summary: "Whether the process lives.",
      security: [{}],
      responses: { 200: status("ok"), default: notReady },
    },
  },
  "/ready": {
    get: {
      operationId: "ready",
      summary: "Whether requests are taken.",
      security: [{}],
      responses: { 200: status("ready"), default: notReady },
    },
  },
};
