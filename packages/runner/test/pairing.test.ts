import { defineTool } from "@holdfast/core/tool";
import {
  createMemoryStore,
  cut,
  reasoning,
  reset,
  scriptedModel,
  text,
  toolCall,
  toolResultsOfTurn,
} from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { expectPaired } from "./expect-paired.ts";
import { dataOf, logOf, openRuntime, setStage, shared, untilEvent } from "./stage.ts";

import type { Holdfast, SessionId } from "@holdfast/core";
import type { ScriptedModel, ScriptStep } from "@holdfast/testkit";

const never = new Promise<never>(() => {});

const echo = defineTool({
  name: "echo",
  description: "Answers.",
  input: z.object({}),
  output: z.string(),
  execute: () => "echoed",
});
const stuck = defineTool({ ...echo, name: "stuck", execute: () => never });
const tools = [echo, stuck];

const acme = { acme: { signature: "s" } };
/** An answer with all kinds of parts, whose second call never ends. */
const busy: ScriptStep = [
  reasoning("I think.", { metadata: acme }),
  text("\n\n"),
  toolCall("echo", {}),
  toolCall("stuck", {}),
  toolCall("absent", '{"half'),
];

/** A model that answers in these ways first, and then each prompt with a call and a text. */
const answering = (...first: readonly ScriptStep[]): ScriptedModel =>
  scriptedModel(
    (prompt, index) =>
      first[index] ?? (toolResultsOfTurn(prompt).length === 0 ? [toolCall("echo", {})] : [text("Done.")]),
  );

/** Prompts a session three times, for two models, and checks every request that comes of it. */
const expectGoesOn = async (holdfast: Holdfast, sessionId: SessionId, model: ScriptedModel): Promise<void> => {
  const before = model.calls;
  for (const id of ["default", "other", "default"]) {
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go on", model: { id } });
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  }
  expect(model.calls).toBeGreaterThanOrEqual(before + 6);
  for (const { prompt } of model.requests) expectPaired(prompt);
};

it("after answers that were cut, with and without calls, every request pairs calls with results", async () => {
  const broken = [
    [reasoning("I th", { open: true }), cut()],
    [text("Let me", { open: true }), reset()],
    [text("Let me see."), toolCall("echo", {}), toolCall("echo", '{"half'), reset()],
    [toolCall("echo", {}), text("And", { open: true }), cut()],
  ];
  const model = answering(...broken);
  await using stage = await setStage({ tools, model, retries: { limit: 4, firstMs: 1 } });
  await stage.turn("Go");
  const ends = dataOf(await stage.log(), "attempt.ended").map(({ status }) => status);
  expect(ends.slice(0, 4)).toEqual(["error", "error", "error", "error"]);
  await expectGoesOn(stage.holdfast, stage.sessionId, model);
});

it("after calls that an interruption stopped, every request pairs calls with results", async () => {
  const model = answering(busy);
  await using stage = await setStage({ tools, model, limits: { graceMs: 1 } });
  await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
  await untilEvent(stage.holdfast, stage.sessionId, "tool.settled");
  await stage.holdfast.sessions.interrupt({ sessionId: stage.sessionId });
  await stage.holdfast.sessions.wait({ sessionId: stage.sessionId });
  await expectGoesOn(stage.holdfast, stage.sessionId, model);
});

it.each(["resume", "prompt"] as const)(
  "after a process that left calls open, and a %s, every request pairs calls with results",
  async (by) => {
    const store = createMemoryStore();
    await using stage = await setStage({ store: shared(store), tools, model: answering(busy), limits: { graceMs: 1 } });
    const { sessionId } = stage;
    await stage.holdfast.sessions.prompt({ sessionId, text: "Go" });
    await untilEvent(stage.holdfast, sessionId, "tool.settled");
    await stage.holdfast[Symbol.asyncDispose]();
    const model = answering();
    await using next = await openRuntime(shared(store), { tools, model, limits: { graceMs: 1 } });
    if (by === "resume") {
      await next.sessions.resume({ sessionId });
      await next.sessions.wait({ sessionId });
    }
    await expectGoesOn(next, sessionId, model);
    expect(dataOf(await logOf(next, sessionId), "execution.recovered")).toHaveLength(1);
  },
);

it("after a replica was released with calls open, and in a fork of it, every request pairs calls with results", async () => {
  await using source = await setStage({ tools, model: answering(busy), limits: { graceMs: 1 } });
  const { sessionId } = source;
  await source.holdfast.sessions.prompt({ sessionId, text: "Go" });
  await untilEvent(source.holdfast, sessionId, "tool.settled");
  const model = answering();
  await using target = await openRuntime(createMemoryStore(), { tools, model });
  await target.sessions.import({ lines: source.holdfast.sessions.export({ sessionId }) });
  await target.sessions.release({ sessionId });
  const fork = await target.sessions.fork({ sessionId });
  await expectGoesOn(target, sessionId, model);
  await expectGoesOn(target, fork.id, model);
  const log = await logOf(target, fork.id);
  expect(dataOf(log, "tool.settled").map(({ outcome }) => outcome.status)).toContain("stopped");
});
