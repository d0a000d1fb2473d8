import { routes } from "@holdfast/core/routes";
import { expect, it } from "vitest";

import { createClient } from "../src/create-client.ts";
import { json, scriptedServer } from "./scripted-server.ts";

import type { Client } from "../src/client.ts";

/** Everything that a route may want of an argument. */
const argument = {
  sessionId: "ses_a",
  messageId: "msg_a",
  askId: "ask_a",
  version: 1,
  lines: [],
  project: "/p",
  directory: "/p",
  ref: "tool-output://",
};

/** Calls a method whatever it takes; what it makes of the answer is no matter here. */
const call = async (client: Client, name: string): Promise<void> => {
  const [group = "", method = ""] = name.split(".");
  const methods = client[group as keyof Client] as Readonly<Record<string, (...args: unknown[]) => unknown>>;
  const given = method === "active" || name === "locations.list" || name === "models.list" ? [] : [argument];
  const result = methods[method]?.(...given) as Promise<unknown> | AsyncIterable<unknown> | undefined;
  if (result === undefined) throw new TypeError(`the client has no ${name}`);
  if ("then" in result) await result;
  else for await (const _item of result) break;
};

it.each(Object.entries(routes))("%s goes to its route, with what that takes", async (name, route) => {
  await using server = await scriptedServer(json({}));
  await call(createClient({ baseUrl: server.url }), name).catch(() => {});
  const { sessionId, messageId, askId } = argument;
  const ids: Readonly<Record<string, string>> = { sessionId, messageId, askId };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_match, id: string) => ids[id] ?? "");
  expect(server.heard[0]).toMatchObject({ method: route.method, path });
  const isInBody = route.method === "POST" || route.method === "PUT" || route.method === "PATCH";
  expect(server.heard[0]?.headers["content-type"]).toBe(
    isInBody ? (name === "sessions.import" ? "application/x-ndjson" : "application/json") : undefined,
  );
});
