import { rm } from "node:fs/promises";

import { defineTool } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createFakeClock, createGate, text, toolCall, toolResultsOfTurn, wait } from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, makeFolder, openRuntime, setStage } from "./stage.ts";

import type { Script } from "@holdfast/testkit";

const oneCall: Script = (prompt) => (toolResultsOfTurn(prompt).length > 0 ? [text("done")] : [toolCall("act", {})]);

it.each(["off", "park", "resume"] as const)(
  "a prompt is answered to its end by the process that stalled over its lease, where nobody took over (%s)",
  async (recovery) => {
    const clock = createFakeClock();
    const looked = createGate();
    const mayGo = createGate();
    const act = defineTool({
      name: "act",
      description: "Acts",
      input: z.object({}),
      output: z.string(),
      prepare: async () => {
        looked.open();
        await mayGo.opened;
        return null;
      },
      execute: () => "ran",
    });
    await using stage = await setStage({
      clock,
      tools: [act],
      recovery,
      claims: { renewMs: 600_000, expireMs: 15_000, discoverMs: 600_000 },
      model: oneCall,
    });
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
    await looked.opened;
    await clock.advance(15_000);
    mayGo.open();
    expect(await stage.holdfast.sessions.wait({ sessionId: stage.sessionId })).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "tool.settled")[0]?.outcome).toMatchObject({ status: "completed" });
    await expectSound(stage.store, stage.sessionId);
  },
);

it("a resume reaches inputs that were recorded while another process works", async () => {
  await using folder = await makeFolder();
  const path = `${folder.path}/sessions.db`;
  const gate = createGate();
  const store = await openSqliteStore({ path });
  await using first = await setStage({ store, model: [[wait(gate.opened), text("one")], [text("two")]] });
  const { sessionId } = first;
  await using second = await openRuntime(await openSqliteStore({ path }), { model: () => [text("from the second")] });
  await first.holdfast.sessions.prompt({ sessionId, text: "Go" });
  await expect.poll(async () => (await second.sessions.recovery({ sessionId })).status).toBe("running");
  const { cursor } = await second.sessions.prompt({ sessionId, text: "recorded", resume: false });
  expect(await second.sessions.resume({ sessionId })).toEqual({ status: "joined" });
  gate.open();
  await expect.poll(() => second.sessions.inputs({ sessionId }), { timeout: 5_000 }).toEqual([]);
  expect(await second.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
});

it.each([
  ["does not fit the budget", "budget", { budget: { tokens: 1 } }],
  ["has no folder any more", "failed", {}],
] as const)(
  "a resume of what %s comes to its end once, and the next one tries again",
  async (_what, status, options) => {
    await using stage = await setStage({ model: () => [text("never")], ...options });
    const { sessionId, holdfast } = stage;
    await holdfast.sessions.prompt({ sessionId, text: "x".repeat(400), resume: false });
    if (status === "failed") await rm(stage.directory, { recursive: true });
    for (const tries of [1, 2]) {
      expect(await holdfast.sessions.resume({ sessionId })).toEqual({ status: "started" });
      expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status });
      await expect.poll(() => holdfast.sessions.active()).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(dataOf(await stage.log(), "execution.ended")).toHaveLength(tries);
    }
  },
);

it("a steer that waits when the activity's steps are used up opens a new allowance", async () => {
  let prompted: Promise<unknown> = Promise.resolve();
  const act = defineTool({
    name: "act",
    description: "Acts",
    input: z.object({}),
    output: z.string(),
    execute: async () => {
      prompted = stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Steer" });
      await prompted;
      return "ok";
    },
  });
  await using stage = await setStage({
    tools: [act],
    agents: { default: { steps: 2 } },
    model: [[toolCall("act", {})], [toolCall("act", {})], [text("steered")]],
  });
  expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  await prompted;
  expect(await stage.holdfast.sessions.inputs({ sessionId: stage.sessionId })).toEqual([]);
});

it("the ID of an answer is no identity for an input", async () => {
  await using stage = await setStage({ model: () => [text("Hello")] });
  await stage.turn("Go");
  const { messages } = await stage.holdfast.sessions.messages({ sessionId: stage.sessionId });
  const id = messages.find(({ role }) => role === "assistant")?.messageId;
  const refused = stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, id, text: "Again" });
  await expect(refused).rejects.toMatchObject({ code: "input.conflict" });
  expect(await stage.turn("Other")).toMatchObject({ status: "completed" });
});
