import { defineTool } from "@holdfast/core/tool";
import {
  createFakeClock,
  createGate,
  createMemoryStore,
  lastUserText,
  text,
  toolCall,
  toolResultsOfTurn,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { passing, withDetours } from "./faulty-store.ts";
import { dataOf, setStage, shared } from "./stage.ts";
import { whileTimePasses } from "./while-time-passes.ts";

import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { Script } from "@holdfast/testkit";

const shape = { name: "act", description: "Acts.", input: z.object({}), output: z.string() };

const calling =
  (...names: readonly string[]): Script =>
  (prompt) =>
    toolResultsOfTurn(prompt).length > 0 ? [text("Done.")] : names.map((name) => toolCall(name, {}));

const onGo: Script = (prompt) => (lastUserText(prompt) === "Go" ? [toolCall("act", {})] : [text("Done.")]);

/** Some turns of the loop, so that all that came before is durable. */
const later = async (turns = 5): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Whether the session's calls are settled in the log. */
const areSettled = async (store: Store, sessionId: SessionId): Promise<boolean> =>
  (await store.rows(sessionId)).call.every(({ state }) => state === "settled");

describe("the outcome of a step's last call", () => {
  it.each([
    ["never", "store.busy"],
    ["safe", "store.io"],
  ] as const)(
    "of a tool (%s) is kept where a read after it fails, and it is not run again (%s)",
    async (replay, code) => {
      const memory = createMemoryStore();
      const state = { failsNext: false, effects: 0 };
      const store = withDetours(shared(memory), {
        head: async (sessionId) => {
          if (!state.failsNext) return memory.head(sessionId);
          state.failsNext = false;
          throw passing(code);
        },
      });
      const act = defineTool({
        ...shape,
        replay,
        execute: async () => {
          await later();
          state.failsNext = true;
          return `effect ${++state.effects}`;
        },
      });
      await using stage = await setStage({ store, tools: [act], model: calling("act"), recovery: "resume" });
      expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
      expect(state).toEqual({ failsNext: false, effects: 1 });
      const settled = dataOf(await stage.log(), "tool.settled");
      expect(settled).toMatchObject([{ outcome: { status: "completed", content: "effect 1" } }]);
      await expectSound(memory, stage.sessionId);
    },
  );

  it("is kept where its process lost its lease while the output went to the store, and nobody took the session over", async () => {
    const memory = createMemoryStore();
    const clock = createFakeClock();
    const late = createGate();
    let isOut = false;
    const store = withDetours(shared(memory), {
      renew: async (record) => {
        if (isOut) throw passing("store.full");
        return memory.renew(record);
      },
      putOutput: async (place, content) => {
        isOut = true;
        for (let halves = 0; halves < 40; halves++) await clock.advance(500);
        late.open();
        await later(50);
        isOut = false;
        return memory.putOutput(place, content);
      },
    });
    const act = defineTool({ ...shape, execute: () => "x".repeat(200_000) });
    const wait = defineTool({
      ...shape,
      name: "wait",
      prepare: async () => {
        await late.opened;
        return {};
      },
      execute: () => "waited",
    });
    const model = calling("act", "wait");
    await using stage = await setStage({ store, clock, tools: [act, wait], model, recovery: "resume" });
    const { sessionId } = stage;
    await stage.holdfast.sessions.prompt({ sessionId, text: "Go" });
    const rested = stage.holdfast.sessions.wait({ sessionId });
    expect(await whileTimePasses(clock, rested, 100)).toMatchObject({ status: "completed" });
    const [first] = dataOf(await stage.log(), "tool.settled");
    expect(first).toMatchObject({ outcome: { status: "completed" } });
    await expectSound(memory, sessionId);
  });

  it("is durable before what others wrote meanwhile is read, which may be much", async () => {
    const memory = createMemoryStore();
    const found: boolean[] = [];
    let sessionId: SessionId | undefined;
    let hasActed = false;
    const store = withDetours(shared(memory), {
      snapshot: async (id) => {
        if (hasActed && sessionId !== undefined && found.length === 0) found.push(await areSettled(memory, sessionId));
        return memory.snapshot(id);
      },
    });
    const act = defineTool({
      ...shape,
      execute: async () => {
        await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Meanwhile" });
        await later();
        hasActed = true;
        return "acted";
      },
    });
    const stage = await setStage({ store, tools: [act], model: onGo });
    await using _stage = stage;
    sessionId = stage.sessionId;
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(found).toEqual([true]);
  });

  it("is durable before the history is shown anew to another model", async () => {
    const memory = createMemoryStore();
    const commits: string[] = [];
    const store = withDetours(shared(memory), {
      commit: async (plan) => {
        commits.push(plan.events.map(({ type }) => type).join());
        return memory.commit(plan);
      },
    });
    const act = defineTool({
      ...shape,
      execute: async (_input, { sessionId }) => {
        await stage.holdfast.sessions.update({ sessionId, model: { id: "other" } });
        return "acted";
      },
    });
    const stage = await setStage({ store, tools: [act], model: calling("act") });
    await using _stage = stage;
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    const settled = commits.filter((types) => types.includes("tool.settled"));
    expect(settled).toHaveLength(1);
    expect(settled[0]).not.toContain("step.started");
  });
});
