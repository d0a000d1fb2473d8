import { defineTool } from "@holdfast/core/tool";
import { createGate, createMemoryStore, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { allowAll, dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { Rule } from "@holdfast/core";
import type { PrepareContext } from "@holdfast/core/tool";
import type { Script } from "@holdfast/testkit";

const oneCall: Script = (prompt) => (toolResultsOfTurn(prompt).length > 0 ? [text("done")] : [toolCall("act", {})]);

const withoutRm: readonly Rule[] = [...allowAll, { action: "rm", resource: "*", effect: "deny" }];

const acting = (prepare: (ctx: PrepareContext) => Promise<void> | void, ran: () => void) =>
  defineTool({
    name: "act",
    description: "Acts",
    input: z.object({}),
    output: z.string(),
    prepare: async (_input, ctx) => {
      await prepare(ctx);
      return null;
    },
    execute: () => {
      ran();
      return "ran";
    },
  });

const rm = { action: "rm", resources: ["/"] };

it.each([
  ["swallows it", async (ctx: PrepareContext) => ctx.permission.assert(rm).catch(() => undefined)],
  ["does not wait for it", (ctx: PrepareContext) => void ctx.permission.assert(rm)],
  [
    "throws a failure of its own in its place",
    async (ctx: PrepareContext) => {
      await ctx.permission.assert(rm).catch(() => {
        throw new Error("something else");
      });
    },
  ],
])("a denial stands for a tool that %s", async (_name, prepare) => {
  let runs = 0;
  await using stage = await setStage({ rules: withoutRm, tools: [acting(prepare, () => runs++)], model: oneCall });
  expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  const log = await stage.log();
  expect(runs).toBe(0);
  expect(dataOf(log, "tool.begun")).toEqual([]);
  expect(dataOf(log, "tool.settled")[0]?.outcome).toMatchObject({ status: "stopped", reason: "denied-by-policy" });
});

it.each([
  ["no resource", { action: "act", resources: [] }],
  ["no action", { action: "", resources: ["a"] }],
])("an assertion with %s lifts nothing", async (_name, assertion) => {
  let runs = 0;
  const tool = acting(
    (ctx) => ctx.permission.assert(assertion),
    () => runs++,
  );
  await using stage = await setStage({
    rules: [{ action: "act", resource: "*", effect: "ask" }],
    tools: [tool],
    model: oneCall,
  });
  await stage.turn("Go");
  expect(runs).toBe(0);
  expect(dataOf(await stage.log(), "tool.settled")[0]?.outcome).toMatchObject({ status: "failed", kind: "defect" });
});

it("a call that is repeated after a crash is refused where today's rules deny what it had asked for", async () => {
  const store = createMemoryStore();
  const hangs = createGate();
  const ran: string[] = [];
  const reader = (name: string, hang: boolean) =>
    defineTool({
      name: "act",
      description: "Reads",
      input: z.object({}),
      output: z.string(),
      replay: "safe",
      prepare: async (_input, ctx) => {
        await ctx.permission.assert({ action: "read", resources: ["/secret"] });
        return { path: "/secret" };
      },
      execute: async () => {
        ran.push(name);
        hangs.open();
        if (hang) await new Promise(() => {});
        return "the secret";
      },
    });
  const first = await setStage({
    store: shared(store),
    tools: [reader("first", true)],
    model: oneCall,
    limits: { graceMs: 10 },
  });
  const { sessionId } = await first.holdfast.sessions.prompt({ sessionId: first.sessionId, text: "Go" });
  await hangs.opened;
  await first.holdfast[Symbol.asyncDispose]();
  await using second = await openRuntime(shared(store), {
    rules: [...allowAll, { action: "read", resource: "/secret", effect: "deny" }],
    tools: [reader("second", false)],
    model: oneCall,
  });
  await second.sessions.resume({ sessionId });
  expect(await second.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  expect(ran).toEqual(["first"]);
  expect(dataOf(await logOf(second, sessionId), "tool.settled")[0]?.outcome).toMatchObject({
    status: "stopped",
    reason: "denied-by-policy",
  });
  await first[Symbol.asyncDispose]();
});
