import { DatabaseSync } from "node:sqlite";

import { openSqliteStore } from "@holdfast/store-sqlite";
import { defineTool } from "@holdfast/core/tool";
import {
  createFakeClock,
  createGate,
  createMemoryStore,
  delay,
  text,
  toolCall,
  toolResultsOfTurn,
} from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { failingOnce, holds, passing, withDetours } from "./faulty-store.ts";
import { makeFolder, setStage } from "./stage.ts";

import type { ErrorCode } from "@holdfast/core";
import type { Script } from "@holdfast/testkit";

const oneCall: Script = (prompt) => (toolResultsOfTurn(prompt).length > 0 ? [text("done")] : [toolCall("act", {})]);

const act = defineTool({
  name: "act",
  description: "Acts",
  input: z.object({}),
  output: z.string(),
  execute: () => "ok",
});

const contents = async (stage: Awaited<ReturnType<typeof setStage>>): Promise<readonly string[]> => {
  const { messages } = await stage.holdfast.sessions.messages({ sessionId: stage.sessionId });
  return messages.flatMap((message) =>
    message.role === "assistant" ? message.content.map((part) => (part.type === "call" ? part.name : part.text)) : [],
  );
};

it.each(["store.busy", "store.full", "store.io"] satisfies ErrorCode[])(
  "an answer is whole although %s kept its first block waiting while the rest came",
  async (code) => {
    const store = failingOnce("commit", code, holds("text.ended"));
    await using stage = await setStage({ store, model: [[text("part one"), delay(50), text("part two")]] });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(await contents(stage)).toEqual(["part one", "part two"]);
    await expectSound(store, stage.sessionId);
  },
);

it("an answer is whole although another program held the file's lock over the busy budget", async () => {
  await using folder = await makeFolder();
  const path = `${folder.path}/sessions.db`;
  const store = await openSqliteStore({ path, busyBudgetMs: 200 });
  using other = new DatabaseSync(path);
  await using stage = await setStage({ store, model: [[delay(100), text("part one"), delay(500), text("part two")]] });
  const turn = stage.turn("Go");
  setTimeout(() => other.exec("begin immediate"), 60);
  setTimeout(() => other.exec("rollback"), 560);
  expect(await turn).toMatchObject({ status: "completed" });
  expect(await contents(stage)).toEqual(["part one", "part two"]);
});

it("a call is begun and settled although its record had to wait for the disk", async () => {
  const store = failingOnce("commit", "store.full", holds("tool.called"));
  await using stage = await setStage({ store, tools: [act], model: oneCall });
  expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  await expectSound(store, stage.sessionId);
});

it("nothing of a tool runs before its call is durable", async () => {
  const order: string[] = [];
  const memory = createMemoryStore();
  const store = withDetours(memory, {
    commit: async (plan) => {
      if (holds("tool.called")(plan)) await new Promise((resolve) => setTimeout(resolve, 20));
      const result = await memory.commit(plan);
      if (holds("tool.called")(plan)) order.push("durable");
      return result;
    },
  });
  const prepared = defineTool({
    name: "act",
    description: "Acts",
    input: z.object({}),
    output: z.string(),
    prepare: () => {
      order.push("prepare");
      return null;
    },
    execute: () => "ok",
  });
  await using stage = await setStage({ store, tools: [prepared], model: oneCall });
  await stage.turn("Go");
  expect(order).toEqual(["durable", "prepare"]);
});

it("a prompt is answered although the store was busy when the runtime registered", async () => {
  await using stage = await setStage({ store: failingOnce("renew", "store.busy"), model: [[text("Hello")]] });
  expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
});

it("a prompt is answered although the session could not be read right after its admission", async () => {
  let fails = 0;
  const memory = createMemoryStore();
  const store = withDetours(memory, {
    snapshot: async (sessionId) => {
      if (fails-- > 0) throw passing("store.io");
      return memory.snapshot(sessionId);
    },
  });
  await using stage = await setStage({ store, model: [[text("Hello")]] });
  fails = 1;
  const { cursor } = await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await stage.holdfast.sessions.wait({ sessionId: stage.sessionId, after: cursor })).toMatchObject({
    status: "completed",
  });
});

it("a disposal is not held by a store that takes nothing any more", async () => {
  const clock = createFakeClock();
  const memory = createMemoryStore();
  const began = createGate();
  let isFull = false;
  const store = withDetours(memory, {
    commit: async (plan) => {
      if (isFull && holds("text.ended")(plan)) {
        began.open();
        throw passing("store.full");
      }
      return memory.commit(plan);
    },
  });
  const stage = await setStage({ store, clock, limits: { graceMs: 1_000 }, model: [[text("Hello")]] });
  isFull = true;
  await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
  await began.opened;
  const disposal = stage[Symbol.asyncDispose]().then(() => "disposed");
  // Half a second at a time, as the store is tried again; 10 s in all, of which it may use little more than its 1 s of grace.
  for (let passed = 0; passed < 20; passed++) {
    await clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await disposal).toBe("disposed");
});
