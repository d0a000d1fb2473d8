import { spawn } from "node:child_process";

import { defineTool } from "@holdfast/core/tool";
import {
  createGate,
  createMemoryStore,
  providerError,
  refuse,
  scriptedModel,
  text,
  toolCall,
  toolResultsOfTurn,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { holds, withDetours } from "./faulty-store.ts";
import { allowAll, dataOf, setStage, shared, untilEvent, untilShown } from "./stage.ts";

import type { EventType } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { Gate, ScriptStep } from "@holdfast/testkit";
import type { Stage } from "./stage.ts";

const never = new Promise<never>(() => {});

/** Where a commit is held, and until when. */
interface Hold {
  readonly reached: Gate;
  readonly mayGo: Gate;
}

/** One point of a turn. */
interface Point {
  /** The first commit of this event is held: before it is made, or before the runtime hears that it was. */
  readonly commit?: readonly [EventType, "before" | "after"];
  /** What the model answers to the prompt that is interrupted. */
  readonly first: ScriptStep | Promise<never>;
  /** Resolves when the session is at the point. Default: when its commit is held. */
  readonly until?: (stage: Stage) => Promise<unknown>;
  /** What the calls come to. */
  readonly calls: readonly object[];
  /** How often the model was asked by then. */
  readonly requests: number;
}

const cancelled = { status: "stopped", reason: "cancelled" };
const called =
  (type: EventType) =>
  ({ holdfast, sessionId }: Stage): Promise<unknown> =>
    untilEvent(holdfast, sessionId, type);

const points: Readonly<Record<string, Point>> = {
  promotion: { commit: ["input.promoted", "after"], first: [text("Never.")], calls: [], requests: 0 },
  request: { first: never, until: called("attempt.started"), calls: [], requests: 1 },
  stream: {
    first: [text("Half", { open: true }), wait(never)],
    until: ({ holdfast, sessionId }) => untilShown(holdfast, sessionId, "Half"),
    calls: [],
    requests: 1,
  },
  prepare: { first: [toolCall("look", {})], until: called("tool.called"), calls: [cancelled], requests: 1 },
  execute: { first: [toolCall("run", {})], until: called("tool.begun"), calls: [cancelled], requests: 1 },
  ask: { first: [toolCall("guarded", {})], until: called("ask.opened"), calls: [cancelled], requests: 1 },
  settlement: {
    commit: ["tool.settled", "before"],
    first: [toolCall("mark", {})],
    calls: [{ status: "completed", content: "marked" }],
    requests: 1,
  },
  "a retry's back-off": {
    first: [refuse(providerError({ status: 503 }))],
    until: called("retry.scheduled"),
    calls: [],
    requests: 1,
  },
};

/** A store whose first commit of an event is held. */
const holding = (memory: Store, { reached, mayGo }: Hold, commit: Point["commit"]): Store => {
  let isHeld = commit === undefined;
  return withDetours(shared(memory), {
    commit: async (plan) => {
      if (isHeld || commit === undefined || !holds(commit[0])(plan)) return memory.commit(plan);
      isHeld = true;
      const result = commit[1] === "after" ? await memory.commit(plan) : undefined;
      reached.open();
      await mayGo.opened;
      return result ?? memory.commit(plan);
    },
  });
};

const createHold = (): Hold => ({ reached: createGate(), mayGo: createGate() });

/** Tools of which one never gets ready, one runs a process for ten minutes, and one is done at once. */
const setTools = () => {
  const children: Promise<unknown>[] = [];
  const shape = { description: "Acts.", input: z.object({}), output: z.string() };
  const tools = [
    defineTool({ ...shape, name: "look", prepare: () => never, execute: () => "seen" }),
    defineTool({
      ...shape,
      name: "run",
      execute: async (_input, { signal }) => {
        const child = spawn("sleep", ["600"], { signal, stdio: "ignore" });
        // Told of by its end, too.
        child.on("error", () => {});
        const gone = new Promise((resolve) => child.once("close", resolve));
        children.push(gone);
        await gone;
        signal.throwIfAborted();
        return "ran";
      },
    }),
    defineTool({ ...shape, name: "mark", execute: () => "marked" }),
    defineTool({ ...shape, name: "guarded", execute: () => "done without an answer" }),
  ];
  return { children, tools };
};

describe("an interruption", () => {
  it.each(Object.entries(points))(
    "during %s ends the execution once, keeps the inbox, and leaves no process of a call",
    async (name, point) => {
      const memory = createMemoryStore();
      const hold = createHold();
      const { children, tools } = setTools();
      const model = scriptedModel((prompt, index): ScriptStep | Promise<ScriptStep> =>
        index === 0 && point.requests > 0 && toolResultsOfTurn(prompt).length === 0 ? point.first : [text("Here.")],
      );
      await using stage = await setStage({
        store: holding(memory, hold, point.commit),
        model,
        tools,
        rules: [...allowAll, { action: "guarded", resource: "*", effect: "ask" }],
        retries: { firstMs: 600_000 },
      });
      const { sessions } = stage.holdfast;
      const { sessionId } = stage;
      await sessions.prompt({ sessionId, text: "Go" });
      await (point.until?.(stage) ?? hold.reached.opened);
      // That it has begun is told before it starts its process.
      await expect.poll(() => children.length).toBe(name === "execute" ? 1 : 0);
      await sessions.prompt({ sessionId, text: "Next", delivery: "queue" });
      const { status } = await sessions.interrupt({ sessionId, reason: "enough" });
      hold.mayGo.open();
      expect(status).toBe("requested");
      expect(await sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
      await Promise.all(children);
      expect(await sessions.inputs({ sessionId })).toMatchObject([{ text: "Next" }]);
      const log = await stage.log();
      expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "interrupted" }]);
      expect(dataOf(log, "tool.settled").map(({ outcome }) => outcome)).toMatchObject(point.calls);
      expect((await stage.holdfast.asks.list({ sessionId })).asks).toEqual([]);
      expect(model.calls).toBe(point.requests);
      // Nothing of it is left: the next prompt takes up what waits, and is answered.
      await sessions.prompt({ sessionId, text: "And now?" });
      expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
      expect(await sessions.inputs({ sessionId })).toEqual([]);
      await expectSound(memory, sessionId);
    },
  );

  it("during an admission finds nothing that runs, and the input is answered", async () => {
    const memory = createMemoryStore();
    const hold = createHold();
    const store = holding(memory, hold, ["input.admitted", "after"]);
    await using stage = await setStage({ store, model: () => [text("Here.")] });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    const prompted = sessions.prompt({ sessionId, text: "Go" });
    await hold.reached.opened;
    const { status } = await sessions.interrupt({ sessionId });
    hold.mayGo.open();
    expect(status).toBe("nothing-running");
    await prompted;
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(dataOf(log, "interrupt.requested")).toEqual([]);
    expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "completed" }]);
    await expectSound(memory, sessionId);
  });
});
