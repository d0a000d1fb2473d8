import { definePlugin } from "@holdfast/core/plugin";
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
import { collect, dataOf, logOf, openRuntime, setStage, shared, untilEvent, untilShown } from "./stage.ts";

import type { Tool } from "@holdfast/core/tool";
import type { Stage, StageOptions } from "./stage.ts";

const never = new Promise<never>(() => {});

/** A stage whose store outlives its runtime. */
const setLasting = (options: StageOptions): Promise<Stage> =>
  setStage({ store: shared(createMemoryStore()), ...options });

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );

/** A tool that does as it is told. */
const tool = (more: Pick<Tool, "execute"> & Partial<Pick<Tool, "prepare">>): Tool =>
  defineTool({
    name: "act",
    description: "Has an effect.",
    input: z.object({}),
    output: z.string(),
    ...more,
  });

/** Begins to dispose, so far that what waits for the clock does. */
const disposing = async (stage: Stage) => {
  const state = { done: false };
  const ended = stage.holdfast[Symbol.asyncDispose]().then(() => (state.done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return { state, ended };
};

/** A stage on which the tool was called, and its clock. */
const begin = async (odd: Tool, event: "tool.begun" | "tool.called" = "tool.begun") => {
  const clock = createFakeClock();
  const stage = await setLasting({ clock, tools: [odd], model: [[toolCall("act", {})]] });
  await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
  await untilEvent(stage.holdfast, stage.sessionId, event);
  return { clock, stage };
};

describe("disposing in the middle of an answer", () => {
  it("keeps what had arrived as cut and gives the claim up; another runtime finishes in a new message after a request to continue", async () => {
    await using stage = await setLasting({ model: [[text("The first half", { open: true }), wait(never)]] });
    const { holdfast, store, sessionId } = stage;
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    await untilShown(holdfast, sessionId, "The first half");
    await holdfast[Symbol.asyncDispose]();
    expect(await store.snapshot(sessionId)).toMatchObject({
      claim: { owner: null },
      execution: { state: "open" },
      attempt: { state: "cut" },
    });

    const model = scriptedModel([[text(", and the second.")]]);
    await using other = await openRuntime(store, { model });
    expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "parked" });
    expect(await other.sessions.resume({ sessionId })).toEqual({ status: "started" });
    expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const log = await logOf(other, sessionId);
    const [half, rest] = dataOf(log, "text.ended");
    expect([half, rest]).toMatchObject([{ text: "The first half", cut: true }, { text: ", and the second." }]);
    expect(rest?.messageId).not.toBe(half?.messageId);
    const [first, second] = dataOf(log, "attempt.started");
    expect(second).toMatchObject({ stepId: first?.stepId, attempt: 2, synthetic: expect.stringContaining("Continue") });
    expect(model.requests[0]?.prompt.slice(1)).toEqual([
      { role: "assistant", content: [{ type: "text", text: "The first half" }] },
      { role: "user", content: [{ type: "text", text: second?.synthetic }] },
    ]);
    await expectSound(store, sessionId);
  });

  it("before anything had arrived lets another runtime ask again in the same message, without a request to continue", async () => {
    await using stage = await setLasting({ model: [[wait(never)]] });
    const { holdfast, store, sessionId } = stage;
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    await untilEvent(holdfast, sessionId, "attempt.started");
    await holdfast[Symbol.asyncDispose]();
    await using other = await openRuntime(store, { model: [[text("Hello.")]] });
    await other.sessions.resume({ sessionId });
    expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const [first, second] = dataOf(await logOf(other, sessionId), "attempt.started");
    expect(second?.messageId).toBe(first?.messageId);
    expect(second).not.toHaveProperty("synthetic");
    await expectSound(store, sessionId);
  });

  it("right after a prompt loses nothing: the input is answered by whoever resumes", async () => {
    await using stage = await setLasting({ model: [[text("Never.")]] });
    const { holdfast, store, sessionId } = stage;
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    await holdfast[Symbol.asyncDispose]();
    await using other = await openRuntime(store, { model: [[text("Hello.")]] });
    await other.sessions.resume({ sessionId });
    expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(dataOf(await logOf(other, sessionId), "input.promoted")).toHaveLength(1);
    await expectSound(store, sessionId);
  });
});

describe("disposing while a tool runs", () => {
  it("waits 5 s for one that had begun, then tells it to stop, leaves the call open, and is done", async () => {
    let toldToStop = false;
    const odd = tool({
      execute: (_input, { signal }) => {
        signal.addEventListener("abort", () => (toldToStop = true));
        return never;
      },
    });
    const { clock, stage } = await begin(odd);
    await using _stage = stage;
    const { state, ended } = await disposing(stage);
    await clock.advance(4_999);
    expect([state.done, toldToStop]).toEqual([false, false]);
    await clock.advance(1);
    await ended;
    expect(toldToStop).toBe(true);
    expect(await stage.store.snapshot(stage.sessionId)).toMatchObject({
      claim: { owner: null },
      calls: [{ state: "begun" }],
    });
  });

  it("keeps the result of one that ends in time, and the model is shown it by whoever resumes", async () => {
    const mayEnd = createGate();
    const { clock, stage } = await begin(tool({ execute: () => mayEnd.opened.then(() => "it happened") as never }));
    await using _stage = stage;
    const { ended } = await disposing(stage);
    await clock.advance(3_000);
    mayEnd.open();
    await ended;
    const { store, sessionId } = stage;
    expect(await store.snapshot(sessionId)).toMatchObject({ claim: { owner: null }, calls: [] });
    const model = scriptedModel([[text("Done.")]]);
    await using other = await openRuntime(store, { model });
    await other.sessions.resume({ sessionId });
    expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(toolResultsOfTurn(model.requests[0]?.prompt ?? [])).toMatchObject([{ output: { value: "it happened" } }]);
    await expectSound(store, sessionId);
  });

  it("does not wait for one that had not begun: its call stays to be run by whoever resumes", async () => {
    const { stage } = await begin(tool({ prepare: () => never, execute: () => "never" as never }), "tool.called");
    await using _stage = stage;
    await stage.holdfast[Symbol.asyncDispose]();
    expect(await stage.store.snapshot(stage.sessionId)).toMatchObject({
      claim: { owner: null },
      calls: [{ state: "called" }],
    });
  });
});

describe("disposing", () => {
  it("twice, at once or later, does it once", async () => {
    let closed = 0;
    const counting = definePlugin({ name: "counting", setup: () => () => void closed++ });
    await using stage = await setStage({ model: [[text("Hello.")]], plugins: [counting] });
    await stage.turn("Hi");
    const { holdfast } = stage;
    await Promise.all([holdfast[Symbol.asyncDispose](), holdfast[Symbol.asyncDispose]()]);
    await holdfast[Symbol.asyncDispose]();
    expect(closed).toBe(1);
  });

  it("ends every pending reader and wait by code, wherever it stands", async () => {
    await using stage = await setLasting({ model: [[text("Half", { open: true }), wait(never)]] });
    const { holdfast, sessionId } = stage;
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    await untilShown(holdfast, sessionId, "Half");
    const paused = holdfast.sessions.events({ sessionId })[Symbol.asyncIterator]();
    await paused.next();
    const ends = [
      collect(holdfast.sessions.events({ sessionId })),
      collect(holdfast.sessions.events({ sessionId, live: true })),
      collect(holdfast.sessions.events({ sessionId, after: cursor, until: "idle" })),
      holdfast.sessions.wait({ sessionId }),
      holdfast.sessions.wait({ sessionId, timeoutMs: 600_000 }),
    ].map(codeOf);
    await holdfast[Symbol.asyncDispose]();
    expect(await Promise.all(ends)).toEqual(ends.map(() => "runtime.disposed"));
    expect(await codeOf(paused.next().then(() => collect({ [Symbol.asyncIterator]: () => paused })))).toBe(
      "runtime.disposed",
    );
  });

  it("closes plugins in reverse order, also where one throws, and gives up one that hangs after 5 s", async () => {
    const clock = createFakeClock();
    const closed: string[] = [];
    const closing = (name: string, close: () => Promise<void> | void) =>
      definePlugin({
        name,
        setup: () => () => {
          closed.push(name);
          return close();
        },
      });
    const plugins = [
      closing("hangs", () => never),
      closing("throws", () => {
        throw new Error("no");
      }),
      closing("last", () => {}),
    ];
    await using stage = await setStage({ clock, plugins, model: [[text("Hello.")]] });
    await stage.turn("Hi");
    const disposed = stage.holdfast[Symbol.asyncDispose]();
    await expect.poll(() => closed).toEqual(["last", "throws", "hangs"]);
    await clock.advance(5_000);
    await disposed;
  });
});
