import { defineTool } from "@holdfast/core/tool";
import {
  createFakeClock,
  createGate,
  createMemoryStore,
  scriptedModel,
  text,
  toolCall,
  toolResultsOfTurn,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, openRuntime, setStage, shared, untilEvent } from "./stage.ts";
import { whileTimePasses } from "./while-time-passes.ts";

import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { FakeClock } from "@holdfast/testkit";
import type { StageOptions } from "./stage.ts";

const never = new Promise<never>(() => {});

/** An owner whose answer never ends, on a clock of its own, and a second runtime on the same store. */
const setScene = async (options: StageOptions = {}) => {
  const stack = new AsyncDisposableStack();
  const store = createMemoryStore();
  const [ownersClock, clock] = [createFakeClock(), createFakeClock()];
  const owner = stack.use(
    await setStage({ store: shared(store), clock: ownersClock, model: [[text("Half", { open: true }), wait(never)]] }),
  );
  const { sessionId } = owner;
  await owner.holdfast.sessions.prompt({ sessionId, text: "Hi" });
  await untilEvent(owner.holdfast, sessionId, "attempt.started");
  const model = scriptedModel([[text("Done.")], [text("Done.")]]);
  const other = stack.use(await openRuntime(shared(store), { clock, model, ...options }));
  const recovery = async () => (await other.sessions.recovery({ sessionId })).status;
  return {
    owner,
    other,
    store,
    sessionId,
    ownersClock,
    clock,
    model,
    recovery,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
};

/** All that parking must leave alone. */
const stateOf = async (store: Store, sessionId: SessionId) => ({
  log: await store.events({ sessionId, after: -1, limit: 500 }),
  snapshot: await store.snapshot(sessionId),
});

const advanceTogether = async (clocks: readonly FakeClock[], ms: number): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 1_000) for (const clock of clocks) await clock.advance(1_000);
};

describe("an owner", () => {
  it("that renews is alive however long its work takes, and resume joins it", async () => {
    await using scene = await setScene();
    const { other, store, sessionId } = scene;
    const { log } = await stateOf(store, sessionId);
    for (let minute = 0; minute < 3; minute++) {
      expect(await scene.recovery()).toBe("running");
      await advanceTogether([scene.ownersClock, scene.clock], 60_000);
    }
    expect(await other.sessions.resume({ sessionId })).toEqual({ status: "joined" });
    expect((await stateOf(store, sessionId)).log).toEqual(log);
  });

  it("whose renewals were not seen to move for 15 s is gone, and not a moment before", async () => {
    await using scene = await setScene();
    expect(await scene.recovery()).toBe("running");
    await scene.clock.advance(14_999);
    expect(await scene.recovery()).toBe("running");
    // One renewal, seen at the last moment, and the 15 s begin anew.
    await scene.ownersClock.advance(5_000);
    expect(await scene.recovery()).toBe("running");
    await scene.clock.advance(14_999);
    expect(await scene.recovery()).toBe("running");
    await scene.clock.advance(1);
    expect(await scene.recovery()).toBe("parked");
  });

  it("is not gone because a wall clock jumped, here or there", async () => {
    await using scene = await setScene();
    const year = 365 * 86_400_000;
    expect(await scene.recovery()).toBe("running");
    scene.clock.setNow(scene.clock.now() + year);
    expect(await scene.recovery()).toBe("running");
    scene.ownersClock.setNow(scene.ownersClock.now() - year);
    await scene.ownersClock.advance(5_000);
    expect(await scene.recovery()).toBe("running");
  });

  it("that was retired is gone at once", async () => {
    await using scene = await setScene();
    const { claim } = (await scene.store.snapshot(scene.sessionId)) ?? {};
    if (claim?.owner == null) throw new Error("expected a claim");
    expect(await scene.recovery()).toBe("running");
    await scene.store.retire(claim.owner);
    expect(await scene.recovery()).toBe("parked");
  });

  it.each([
    ["of another host", { host: "elsewhere" }],
    ["of a platform that tells no start times", { startTime: null }],
  ])("%s is unproven until a renewal of it was seen", async (_name, identity) => {
    await using scene = await setScene();
    const { owner } = (await scene.store.snapshot(scene.sessionId)) ?? {};
    if (owner == null) throw new Error("expected an owner");
    await scene.store.retire(owner.ownerId);
    await scene.store.renew({ ...owner, ...identity });
    expect(await scene.other.sessions.recovery({ sessionId: scene.sessionId })).toMatchObject({
      status: "unproven",
      owner: owner.ownerId,
    });
    await scene.store.renew({ ...owner, ...identity });
    expect(await scene.recovery()).toBe("running");
  });
});

describe("taking over", () => {
  it.each(["off", "park"] as const)("policy %s never does by itself, and writes nothing", async (recovery) => {
    await using scene = await setScene({ recovery });
    const { other, store, sessionId, clock } = scene;
    const before = await stateOf(store, sessionId);
    expect(await whileTimePasses(clock, other.sessions.wait({ sessionId }))).toMatchObject({ status: "parked" });
    await advanceTogether([clock], 60_000);
    expect(await scene.recovery()).toBe("parked");
    expect(await stateOf(store, sessionId)).toEqual(before);
    expect(scene.model.calls).toBe(0);
  });

  it("policy resume does once the claim has expired, but only for executions of its own runtime name", async () => {
    await using scene = await setScene({ recovery: "resume" });
    const { other, store, sessionId, clock } = scene;
    await using _stranger = await openRuntime(shared(store), { clock, name: "stranger", recovery: "resume" });
    await advanceTogether([clock], 14_000);
    expect(await logOf(other, sessionId)).toHaveLength(6);
    expect(await whileTimePasses(clock, other.sessions.wait({ sessionId }))).toMatchObject({ status: "completed" });
    expect(dataOf(await logOf(other, sessionId), "execution.recovered")).toMatchObject([{ recovery: 1 }]);
  });

  it("a former owner that wakes up again commits nothing more", async () => {
    await using scene = await setScene();
    const { owner, other, store, sessionId } = scene;
    expect(await scene.recovery()).toBe("running");
    await scene.clock.advance(15_000);
    await other.sessions.resume({ sessionId });
    await other.sessions.wait({ sessionId });
    const { log } = await stateOf(store, sessionId);
    await owner.holdfast[Symbol.asyncDispose]();
    expect((await stateOf(store, sessionId)).log).toEqual(log);
    await expectSound(store, sessionId);
  });

  it("of two that resume the same execution at once, one does and the other leaves it to that one", async () => {
    await using scene = await setScene();
    const { owner, other, store, sessionId } = scene;
    await owner.holdfast[Symbol.asyncDispose]();
    await using third = await openRuntime(shared(store), { model: [[text("Done.")]] });
    await Promise.all([other.sessions.resume({ sessionId }), third.sessions.resume({ sessionId })]);
    await Promise.all([other.sessions.wait({ sessionId }), third.sessions.wait({ sessionId })]);
    const log = await logOf(other, sessionId);
    expect(dataOf(log, "execution.recovered")).toHaveLength(1);
    expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "completed" }]);
    await expectSound(store, sessionId);
  });
});

describe("a lease", () => {
  it("that could not be renewed in time refuses an effect that was about to begin, until the claim is taken anew", async () => {
    const clock = createFakeClock();
    const looked = createGate();
    const mayGo = createGate();
    let effects = 0;
    const act = defineTool({
      name: "act",
      description: "Has an effect.",
      input: z.object({}),
      output: z.string(),
      prepare: async () => {
        looked.open();
        await mayGo.opened;
        return null;
      },
      execute: () => `effect ${++effects}`,
    });
    // It renews too seldom: so does a process that was stopped, or whose store hangs.
    await using stage = await setStage({
      clock,
      tools: [act],
      claims: { renewMs: 600_000, expireMs: 15_000 },
      model: (prompt) => (toolResultsOfTurn(prompt).length === 0 ? [toolCall("act", {})] : [text("Done.")]),
    });
    const { holdfast, sessionId } = stage;
    await holdfast.sessions.prompt({ sessionId, text: "Go" });
    await looked.opened;
    await clock.advance(15_000);
    mayGo.open();
    await holdfast.sessions.wait({ sessionId });
    const log = await stage.log();
    const order = log.filter(({ type }) => type === "execution.recovered" || type === "tool.begun");
    expect(order.map(({ type, fence }) => [type, fence])).toEqual([
      ["execution.recovered", 2],
      ["tool.begun", 2],
    ]);
    expect(effects).toBe(1);
  });
});
