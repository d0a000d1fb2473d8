import { answerSchemas, problemSchema } from "@holdfast/core/wire";
import { routes } from "@holdfast/core/routes";
import { createRandom } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { randomRequest } from "./random-request.ts";
import { send, startServing } from "./serving.ts";

import type { Route } from "@holdfast/core/routes";
import type { z } from "zod";

const requests = 2_000;
const atOnce = 8;

it(`${requests} random requests made up from the document, valid and not, never fail the server, and every answer is as documented`, async () => {
  const seed = Date.now() % 1_000_000;
  await using serving = await startServing({ limits: { waitMs: 5, bodyMs: 10_000 } });
  const ids = await Promise.all(Array.from({ length: 5 }, () => serving.session()));
  const { cursor, messageId } = await serving.holdfast.sessions.prompt({
    sessionId: ids[0] ?? "",
    text: "Hi",
    resume: false,
  });
  const location = { directory: serving.directory };
  const pool = {
    random: createRandom(seed),
    known: {
      sessionId: ids,
      parentId: ids,
      rootId: ids,
      directory: [serving.directory],
      location: [location],
      after: [cursor],
      at: [cursor],
      messageId: [messageId],
      project: [serving.directory],
      until: ["sync"],
    },
  };
  const answered = new Map<string, number>();
  const next = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const { operation, method, path, headers, body } = randomRequest(pool);
      const answer = await send(serving.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
      const what = `seed ${seed}: ${method} ${path} ${body ?? ""} -> ${answer.status} ${answer.text.slice(0, 300)}`;
      expect(answer.status, what).toBeLessThan(500);
      const schema = answer.status === 200 ? schemaOf(operation) : problemSchema;
      if (schema !== undefined) expect(schema.safeParse(answer.json).error, what).toBeUndefined();
      if (answer.status === 200) answered.set(operation, (answered.get(operation) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, () => next(requests / atOnce)));
  // Most operations were hit with something valid: else this would say little.
  expect(answered.size).toBeGreaterThan(25);
}, 120_000);

const schemaOf = (operation: string): z.ZodType | undefined => {
  const route = (routes as Readonly<Record<string, Route>>)[operation];
  return route === undefined || route.answer === "lines" ? undefined : answerSchemas[route.answer];
};
