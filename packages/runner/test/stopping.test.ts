import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import {
  createGate,
  createMemoryStore,
  scriptedModel,
  text,
  toolCall,
  toolResultsOfTurn,
  wait,
} from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { holds, withDetours } from "./faulty-store.ts";
import { dataOf, logOf, openRuntime, setStage, shared, untilShown } from "./stage.ts";

import type { Script } from "@holdfast/testkit";

const oneCall: Script = (prompt) => (toolResultsOfTurn(prompt).length > 0 ? [text("done")] : [toolCall("act", {})]);

/** A stage whose call is stopped by a test while its beginning is on its way to the disk. */
const setStageInBeginning = async () => {
  const memory = createMemoryStore();
  const arrived = createGate();
  const mayGo = createGate();
  const order: string[] = [];
  const store = withDetours(shared(memory), {
    commit: async (plan) => {
      if (holds("tool.begun")(plan)) {
        arrived.open();
        await mayGo.opened;
      }
      if (plan.claim?.action === "release") order.push("claim given up");
      return memory.commit(plan);
    },
  });
  const tool = defineTool({
    name: "act",
    description: "Acts",
    input: z.object({}),
    output: z.string(),
    execute: () => {
      order.push("effect");
      return "done";
    },
  });
  const stage = await setStage({ store, tools: [tool], model: oneCall });
  await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
  await arrived.opened;
  return { memory, stage, order, mayGo };
};

it("an effect does not start after an interruption that came while its beginning was being committed", async () => {
  const { memory, stage, order, mayGo } = await setStageInBeginning();
  await using _stage = stage;
  await stage.holdfast.sessions.interrupt({ sessionId: stage.sessionId });
  await new Promise((resolve) => setTimeout(resolve, 10));
  mayGo.open();
  const outcome = await stage.holdfast.sessions.wait({ sessionId: stage.sessionId });
  expect(outcome.status).toBe("interrupted");
  expect(order).not.toContain("effect");
  expect(dataOf(await stage.log(), "tool.settled")[0]?.outcome).toMatchObject({ reason: "cancelled" });
  await expectSound(memory, stage.sessionId);
});

it("an effect does not start after a disposal that came while its beginning was being committed", async () => {
  const { memory, stage, order, mayGo } = await setStageInBeginning();
  const disposal = stage[Symbol.asyncDispose]();
  await new Promise((resolve) => setTimeout(resolve, 10));
  mayGo.open();
  await disposal;
  expect(order).toEqual(["claim given up"]);
  const log = await memory.events({ sessionId: stage.sessionId, after: -1, limit: 500 });
  expect(log.at(-1)?.type).toBe("tool.settled");
});

it("an interruption that comes while a take-over sets its plugins up is obeyed before anything runs", async () => {
  const store = createMemoryStore();
  const never = createGate();
  const first = await setStage({ store: shared(store), model: [[text("half", { open: true }), wait(never.opened)]] });
  const { sessionId } = first;
  await first.holdfast.sessions.prompt({ sessionId, text: "Go" });
  await untilShown(first.holdfast, sessionId, "half");
  await first.holdfast[Symbol.asyncDispose]();
  const settingUp = createGate();
  const mayGo = createGate();
  const slow = definePlugin({
    name: "slow",
    setup: async () => {
      settingUp.open();
      await mayGo.opened;
    },
  });
  const model = scriptedModel(() => [text("a whole new answer")]);
  await using second = await openRuntime(shared(store), { model, plugins: [slow] });
  await second.sessions.resume({ sessionId });
  await settingUp.opened;
  expect(await second.sessions.interrupt({ sessionId })).toMatchObject({ status: "requested" });
  mayGo.open();
  expect(await second.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
  expect(model.calls).toBe(0);
  expect(dataOf(await logOf(second, sessionId), "execution.ended")).toHaveLength(1);
  await first[Symbol.asyncDispose]();
});

it("a disposal that comes while a Location opens leaves the prompt for whoever comes next", async () => {
  const store = createMemoryStore();
  const settingUp = createGate();
  const never = createGate();
  const slow = definePlugin({
    name: "slow",
    setup: async () => {
      settingUp.open();
      await never.opened;
    },
  });
  const first = await setStage({ store: shared(store), plugins: [slow] });
  const { sessionId } = await first.holdfast.sessions.prompt({ sessionId: first.sessionId, text: "Go" });
  await settingUp.opened;
  await first.holdfast[Symbol.asyncDispose]();
  expect((await store.snapshot(sessionId))?.execution).toBeNull();
  await using second = await openRuntime(shared(store), { model: [[text("Here")]] });
  expect(await second.sessions.resume({ sessionId })).toEqual({ status: "started" });
  expect(await second.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  await first[Symbol.asyncDispose]();
});
