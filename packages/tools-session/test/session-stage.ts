import { silentLogger } from "@holdfast/core";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel } from "@holdfast/testkit";

import { sessionTools } from "../src/index.ts";

import type { Holdfast, Logger, Rule } from "@holdfast/core";
import type { DurableEvent } from "@holdfast/core/event";
import type { RuntimeOptions } from "@holdfast/runner";
import type { Script } from "@holdfast/testkit";

/** A runtime with the tools of this package, over a store in a file. */
export const openRuntime = async (
  path: string,
  {
    script = [],
    rules = [],
    folders,
    asks,
    logger = silentLogger,
  }: {
    readonly script?: Script;
    readonly rules?: readonly Rule[];
    readonly folders?: readonly string[];
    readonly asks?: RuntimeOptions["asks"];
    readonly logger?: Logger;
  } = {},
): Promise<Holdfast> =>
  createRuntime({
    store: await openSqliteStore({ path }),
    model: () => ({ model: scriptedModel(script) }),
    plugins: [sessionTools(folders === undefined ? {} : { skills: { folders } })],
    rules,
    ...(asks === undefined ? {} : { asks }),
    logger,
  });

/** Prompts a session, and waits until it rests. */
export const turn = async ({ sessions }: Holdfast, sessionId: string, text = "Go") => {
  const { cursor } = await sessions.prompt({ sessionId, text });
  return sessions.wait({ sessionId, after: cursor, timeoutMs: 20_000 });
};

/** How the calls of a session were settled, in order. */
export const outcomesOf = async ({ sessions }: Holdfast, sessionId: string) => {
  const found: DurableEvent<"tool.settled">["data"]["outcome"][] = [];
  for await (const item of sessions.events({ sessionId, until: "sync" }))
    if (item.kind === "event" && item.event.type === "tool.settled") found.push(item.event.data.outcome);
  return found;
};
