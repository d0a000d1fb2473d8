import { defineTool } from "@holdfast/core/tool";
import { createGate, createMemoryStore } from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { acting, actingOn, answer, askToAct, openAsks } from "./asking.ts";
import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { Tool } from "@holdfast/core/tool";

it("an answer is for what was shown: where a call would do something else when it runs again, that is asked anew", async () => {
  const store = createMemoryStore();
  const ran: string[] = [];
  const showing = (preview: string) =>
    acting(ran, {
      prepare: async (on, { permission }) => permission.assert({ action: "act", resources: [on], preview }),
    });
  const common = { rules: askToAct, model: actingOn("a") };
  const first = await setStage({ ...common, store: shared(store), tools: [showing("one line")] });
  const { sessionId } = first;
  await first.turn("Go");
  await first.holdfast[Symbol.asyncDispose]();
  await using second = await openRuntime(shared(store), { ...common, tools: [showing("another line")] });
  const [ask] = await openAsks(second, sessionId);
  const { cursor } = await answer(second, ask);
  expect(await second.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "asking" });
  expect(ran).toEqual([]);
  const [anew] = await openAsks(second, sessionId);
  expect(anew?.shown).toMatchObject({ preview: "another line" });
  expect(anew?.identity).not.toBe(ask?.identity);
  await answer(second, anew);
  expect(await second.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  expect(ran).toEqual(["a"]);
  expect(dataOf(await logOf(second, sessionId), "ask.opened")).toHaveLength(2);
  await first[Symbol.asyncDispose]();
});

it("a call that runs anew and shows something else wants no answer any more to what it showed before", async () => {
  const store = createMemoryStore();
  const ran: string[] = [];
  const showing = (preview: string) =>
    acting(ran, {
      prepare: async (on, { permission }) =>
        permission.assert({ action: "act", resources: [on], ...(on === "b" ? { preview } : {}) }),
    });
  const common = { rules: askToAct, model: actingOn("a", "b") };
  const first = await setStage({ ...common, store: shared(store), tools: [showing("one line")] });
  const { sessionId } = first;
  await first.turn("Go");
  await first.holdfast[Symbol.asyncDispose]();
  await using second = await openRuntime(shared(store), { ...common, tools: [showing("another line")] });
  const [a, b] = await openAsks(second, sessionId);
  const { cursor } = await answer(second, a);
  expect(await second.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "asking" });
  await expect
    .poll(async () => (await openAsks(second, sessionId)).map(({ shown }) => shown))
    .toMatchObject([{ resources: ["b"], preview: "another line" }]);
  await expect(answer(second, b)).rejects.toMatchObject({ code: "ask.closed" });
  expect(ran).toEqual(["a"]);
  await answer(second, (await openAsks(second, sessionId))[0]);
  expect(await second.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  expect(ran).toEqual(["a", "b"]);
  await expectSound(store, sessionId);
  await first[Symbol.asyncDispose]();
});

it("a call whose permission is no longer asked for when it runs again is settled, and its old ask is over", async () => {
  const store = createMemoryStore();
  const ran: string[] = [];
  const common = { tools: [acting(ran)], model: actingOn("a", "b") };
  const first = await setStage({ ...common, rules: askToAct, store: shared(store) });
  const { sessionId } = first;
  await first.turn("Go");
  await first.holdfast[Symbol.asyncDispose]();
  await using second = await openRuntime(shared(store), common);
  const { cursor } = await answer(second, (await openAsks(second, sessionId))[0]);
  expect(await second.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
  expect(ran.toSorted()).toEqual(["a", "b"]);
  expect(dataOf(await logOf(second, sessionId), "ask.expired")).toMatchObject([{ reason: "settled" }]);
  await expectSound(store, sessionId);
  await first[Symbol.asyncDispose]();
});

it("a safe call that is repeated after a crash needs no second answer for the same, also where a preview was shown", async () => {
  const store = createMemoryStore();
  const hangs = createGate();
  const ran: string[] = [];
  const tool = (name: string): Tool =>
    defineTool({
      name: "act",
      description: "Acts.",
      input: z.object({ on: z.string() }),
      output: z.string(),
      replay: "safe",
      prepare: async ({ on }, { permission }) => {
        await permission.assert({ action: "act", resources: [on], preview: "a line" });
        return null;
      },
      execute: async () => {
        ran.push(name);
        hangs.open();
        if (name === "first") await new Promise(() => {});
        return "done";
      },
    });
  const common = { rules: askToAct, model: actingOn("a"), limits: { graceMs: 10 } };
  const first = await setStage({ ...common, store: shared(store), tools: [tool("first")] });
  const { sessionId } = first;
  await first.turn("Go");
  await answer(first.holdfast, (await openAsks(first.holdfast, sessionId))[0]);
  await hangs.opened;
  await first.holdfast[Symbol.asyncDispose]();
  await using second = await openRuntime(shared(store), { ...common, tools: [tool("second")] });
  await second.sessions.resume({ sessionId });
  expect(await second.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  expect(ran).toEqual(["first", "second"]);
  expect(dataOf(await logOf(second, sessionId), "ask.opened")).toHaveLength(1);
  await first[Symbol.asyncDispose]();
});

it("a session that was imported while it asks shows what is asked, takes no answer, and is settled when it is released", async () => {
  await using stage = await setStage({ rules: askToAct, model: actingOn("a"), tools: [acting([])] });
  const { sessionId } = stage;
  await stage.turn("Go");
  await using other = await openRuntime(createMemoryStore(), { rules: askToAct });
  await other.sessions.import({ lines: stage.holdfast.sessions.export({ sessionId }) });
  const [ask] = await openAsks(other, sessionId);
  expect(ask?.shown).toMatchObject({ action: "act", resources: ["a"] });
  expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "replica" });
  await expect(answer(other, ask)).rejects.toMatchObject({ code: "session.replica" });
  expect(await other.sessions.release({ sessionId })).toMatchObject({ status: "released" });
  expect(await openAsks(other, sessionId)).toEqual([]);
  expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
  expect(dataOf(await logOf(other, sessionId), "tool.settled")).toMatchObject([{ outcome: { reason: "cancelled" } }]);
});
