import { defineTool } from "@holdfast/core/tool";
import { createMemoryStore, text, toolCall } from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { withDetours } from "./faulty-store.ts";
import { setStage, shared } from "./stage.ts";

import type { JsonValue, SessionId } from "@holdfast/core";

const actTool = (execute: (ctx: object) => Promise<void> | void, prepare: boolean) =>
  defineTool<object, string, JsonValue>({
    name: "act",
    description: "Acts",
    input: z.object({}),
    output: z.string(),
    ...(prepare ? { prepare: () => "will act" } : {}),
    execute: async (_input, ctx) => {
      await execute(ctx);
      return "done";
    },
  });

it.each([
  ["a tool with a preparation", true],
  ["a tool without one", false],
])("the beginning of a call is durable before %s executes", async (_, prepare) => {
  const store = createMemoryStore();
  let sessionId: SessionId | undefined;
  let states: readonly string[] = [];
  await using stage = await setStage({
    store,
    tools: [
      actTool(async () => {
        const { call } = await store.rows(sessionId as SessionId);
        states = call.map(({ state }) => state);
      }, prepare),
    ],
    model: [[toolCall("act", {})], [text("Done.")]],
  });
  sessionId = stage.sessionId;
  await stage.turn("Go");
  expect(states).toEqual(["begun"]);
});

it("a tool that executes is handed nothing to ask with", async () => {
  let members: readonly string[] = [];
  await using stage = await setStage({
    tools: [actTool((ctx) => void (members = Object.keys(ctx)), true)],
    model: [[toolCall("act", {})], [text("Done.")]],
  });
  await stage.turn("Go");
  expect(members).toContain("effect");
  expect(members).not.toContain("permission");
  expect(members).not.toContain("ask");
});

it("a claim is held in every commit until the one that ends its execution, and released by that", async () => {
  const memory = createMemoryStore();
  const commits: { readonly types: string; readonly held: boolean }[] = [];
  const store = withDetours(shared(memory), {
    commit: async (plan) => {
      const result = await memory.commit(plan);
      commits.push({ types: plan.events.map(({ type }) => type).join(), held: result.claim?.owner != null });
      return result;
    },
  });
  await using stage = await setStage({
    store,
    tools: [actTool(() => {}, true)],
    model: [[text("I act."), toolCall("act", {})], [text("Done.")]],
  });
  await stage.turn("Go");
  const own = commits.slice(commits.findIndex(({ types }) => types.includes("execution.started")));
  expect(own.length).toBeGreaterThan(3);
  expect(own.filter(({ held }) => !held).map(({ types }) => types)).toEqual([own.at(-1)?.types]);
  expect(own.at(-1)?.types).toContain("execution.ended");
});
