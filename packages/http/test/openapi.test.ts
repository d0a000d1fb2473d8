import { readFileSync } from "node:fs";
import { join } from "node:path";

import { routes } from "@holdfast/core/routes";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";

import { openApiDocument } from "@holdfast/http";

import { startServing } from "./serving.ts";

import type { Loose } from "./serving.ts";

const committed = JSON.parse(readFileSync(join(import.meta.dirname, "../openapi.json"), "utf8")) as Record<
  string,
  unknown
>;

describe("the OpenAPI document", () => {
  it("is the one that is committed, and the one that is served", async () => {
    expect(openApiDocument()).toEqual(committed);
    await using serving = await startServing();
    expect((await serving.request("GET", "/v1/openapi.json")).json).toEqual(committed);
  });

  it("is valid OpenAPI 3.1, says a validator that is not ours", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(committed));
    expect(errors ?? []).toEqual([]);
    expect([valid, validator.version]).toEqual([true, "3.1"]);
    // Every reference leads somewhere.
    expect(() => validator.resolveRefs()).not.toThrow();
  });

  it("has an operation for every route, under its name", () => {
    const { paths } = committed as { paths: Record<string, Record<string, { operationId: string }>> };
    const found = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(found.toSorted()).toEqual([...Object.keys(routes), "health", "ready"].toSorted());
  });

  it("says of arguments what is required, what has a default, and that nothing else is taken", () => {
    const { paths } = committed as { paths: Record<string, Record<string, Loose>> };
    const prompt = paths["/v1/sessions/{sessionId}/inputs"]?.["post"];
    const schema = prompt.requestBody.content["application/json"].schema;
    expect(schema).toMatchObject({ required: ["text"], additionalProperties: false });
    expect(schema.properties.delivery).toEqual({ default: "steer", type: "string", enum: ["steer", "queue"] });
    expect(Object.keys(schema.properties)).not.toContain("sessionId");
    expect(prompt.parameters).toMatchObject([
      { in: "path", name: "sessionId", required: true, schema: { pattern: "^ses_[a-zA-Z0-9]{1,64}$" } },
      { in: "header", name: "Idempotency-Key", required: false },
    ]);
    // A member that may be absent is not required (zod's `exactOptional`).
    const { schemas } = (committed as { components: { schemas: Record<string, Loose> } }).components;
    expect(schemas["Session"].required).not.toContain("parentId");
  });
});
