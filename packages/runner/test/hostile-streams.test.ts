import { createFakeClock, createGate } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { expectGoesOn, expectNothingOpen, finished, hostile, sending, streamFrom } from "./hostile-model.ts";
import { dataOf, setStage, untilEvent, untilShown } from "./stage.ts";

import type { LanguageModelV4, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { AnyPart } from "./hostile-model.ts";
import type { Stage } from "./stage.ts";

const never = new Promise<never>(() => {});
const start: AnyPart = { type: "text-start", id: "1" };
const delta = (words: string): AnyPart => ({ type: "text-delta", id: "1", delta: words });
const answering = (stream: ReadableStream<LanguageModelV4StreamPart>): LanguageModelV4["doStream"] => {
  return async () => ({ stream });
};

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

const ask = async ({ holdfast, sessionId }: Stage): Promise<void> => {
  await holdfast.sessions.prompt({ sessionId, text: "Hi" });
  await untilEvent(holdfast, sessionId, "attempt.started");
};

const interrupt = async ({ holdfast, sessionId }: Stage): Promise<void> => {
  await holdfast.sessions.interrupt({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
};

describe("a provider that ignores its signal", () => {
  it("is not waited for at an interruption while it has not answered", async () => {
    await using stage = await setStage({ model: hostile(() => never) });
    await ask(stage);
    await interrupt(stage);
    expect(dataOf(await stage.log(), "attempt.ended")).toMatchObject([
      { status: "cut", failure: { class: "aborted" } },
    ]);
    await expectGoesOn(stage);
  });

  it("is not waited for when the runtime closes", async () => {
    const stage = await setStage({ model: hostile(() => never) });
    await ask(stage);
    await stage[Symbol.asyncDispose]();
  });

  it("has a stream that comes too late cancelled, and nothing of it is read", async () => {
    const [open, cancelled] = [createGate(), createGate()];
    const late = streamFrom(
      () => delta("too late"),
      () => cancelled.open(),
    );
    const model = hostile(async () => {
      await open.opened;
      return { stream: late };
    });
    await using stage = await setStage({ model });
    await ask(stage);
    await interrupt(stage);
    open.open();
    await cancelled.opened;
    expect(dataOf(await stage.log(), "text.ended")).toEqual([]);
    await expectGoesOn(stage);
  });

  it("is left though its stream is one that cannot be cancelled", async () => {
    const parts: AnyPart[] = [start, delta("Half")];
    const reader = {
      read: async () => (parts.length > 0 ? { done: false, value: parts.shift() } : never),
      cancel: () => {
        throw new Error("not cancellable");
      },
    };
    await using stage = await setStage({ model: hostile(answering({ getReader: () => reader } as never)) });
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Hi" });
    await untilShown(stage.holdfast, stage.sessionId, "Half");
    await interrupt(stage);
    expect(dataOf(await stage.log(), "text.ended")).toMatchObject([{ text: "Half", cut: true }]);
    await expectNothingOpen(stage);
    await expectGoesOn(stage);
  });

  it("is told that its request is given up, by the signal that it was given", async () => {
    const aborted = createGate();
    const model = hostile(({ abortSignal }) => {
      abortSignal?.addEventListener("abort", () => aborted.open());
      return never;
    });
    await using stage = await setStage({ model });
    await ask(stage);
    await interrupt(stage);
    await aborted.opened;
  });
});

describe("a stream", () => {
  it("that stays open after its finish is a complete answer, and is cancelled a second later", async () => {
    const clock = createFakeClock();
    const cancelled = createGate();
    const parts = [start, delta("Whole"), finished];
    const stream = streamFrom(
      (_, index) => parts[index] ?? never,
      () => cancelled.open(),
    );
    await using stage = await setStage({ clock, model: hostile(answering(stream)) });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(dataOf(log, "attempt.ended")).toMatchObject([{ status: "finished" }]);
    expect(dataOf(log, "text.ended")).toMatchObject([{ text: "Whole" }]);
    expect(dataOf(log, "text.ended")[0]).not.toHaveProperty("cut");
    await pause();
    await clock.advance(1_000);
    await cancelled.opened;
    await expectGoesOn(stage);
  });

  it("is read to its close after its finish, so that middleware gets to its flush", async () => {
    const flushed = createGate();
    const parts = [start, delta("Whole"), finished];
    const model = hostile(async () => {
      const slow = streamFrom(async (controller, index) => {
        if (index > 2) await pause();
        if (index > 2) controller.close();
        return parts[index] ?? null;
      });
      return { stream: slow.pipeThrough(new TransformStream({ flush: () => flushed.open() })) };
    });
    await using stage = await setStage({ model });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    await flushed.opened;
  });

  it("that is always ready does not keep the process from anything else", async () => {
    const model = hostile(answering(streamFrom((_, index) => (index === 0 ? start : delta("x")))));
    await using stage = await setStage({ model });
    await ask(stage);
    await pause();
    await interrupt(stage);
    await expectGoesOn(stage);
  });

  it.each([
    ["text", (index: number) => (index === 0 ? start : delta("x".repeat(1024 * 1024)))],
    ["reasoning without any", (index: number) => ({ type: "reasoning-start", id: `${index}` })],
    ["inputs of calls", () => ({ type: "tool-input-delta", id: "none", delta: "x".repeat(1024 * 1024) })],
    ["errors", () => ({ type: "error", error: "no" })],
  ])("of endless %s is left at 16 Mi characters, and what arrived is kept", async (_name, partAt) => {
    let left = false;
    const endless = streamFrom(
      (_controller, index) => partAt(index),
      () => void (left = true),
    );
    await using stage = await setStage({ model: hostile(answering(endless)) });
    expect(await stage.turn("Hi")).toMatchObject({ status: "failed" });
    expect(left).toBe(true);
    await expectNothingOpen(stage);
    await expectGoesOn(stage);
  });

  it("has its blocks told apart by kind and ID", async () => {
    const model = sending(
      { type: "reasoning-start", id: "0" },
      { type: "reasoning-delta", id: "0", delta: "think" },
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "say" },
      { type: "reasoning-end", id: "0" },
      { type: "text-end", id: "0" },
      finished,
    );
    await using stage = await setStage({ model });
    await stage.turn("Hi");
    const log = await stage.log();
    expect(dataOf(log, "reasoning.ended")).toMatchObject([{ position: 0, text: "think" }]);
    expect(dataOf(log, "text.ended")).toMatchObject([{ position: 1, text: "say" }]);
    await expectGoesOn(stage);
  });

  it("has the last that it said of a block kept with it, at whatever part it said so", async () => {
    const signed = { anthropic: { signature: "s" } };
    const model = sending(
      { type: "reasoning-start", id: "0", providerMetadata: { anthropic: { signature: "" } } },
      { type: "reasoning-delta", id: "0", delta: "think" },
      { type: "reasoning-delta", id: "0", delta: "", providerMetadata: signed },
      { type: "reasoning-end", id: "0" },
      { type: "reasoning-start", id: "1", providerMetadata: { anthropic: { redactedData: "r" } } },
      { type: "reasoning-end", id: "1" },
      finished,
    );
    const prompts: unknown[] = [];
    const noting: LanguageModelV4 = {
      ...model,
      doStream: (options) => {
        prompts.push(options.prompt[1]?.content);
        return model.doStream(options);
      },
    };
    await using stage = await setStage({ model: noting });
    await stage.turn("Hi");
    await expectGoesOn(stage);
    // Redacted reasoning has no text, and Anthropic refuses a conversation that lacks it.
    expect(prompts[1]).toEqual([
      { type: "reasoning", text: "think", providerOptions: signed },
      { type: "reasoning", text: "", providerOptions: { anthropic: { redactedData: "r" } } },
    ]);
  });

  it.each([
    ["twice and is never called", [finished], "completed"],
    ["twice and breaks", [], "failed"],
  ])("that starts the input of a call %s leaves nothing open to later readers", async (_name, end, status) => {
    const twice: AnyPart = { type: "tool-input-start", id: "a", toolName: "look" };
    await using stage = await setStage({ model: sending(twice, twice, start, delta("x"), ...end) });
    expect(await stage.turn("Hi")).toMatchObject({ status });
    await expectNothingOpen(stage);
    await expectGoesOn(stage);
  });
});

describe("a provider that goes silent", () => {
  const ping: AnyPart = { type: "raw", rawValue: ": ping" };

  it.each([
    ["before it answers", 120, () => hostile(() => never)],
    ["before anything that counts", 120, () => hostile(answering(streamFrom((_, at) => (at < 3 ? ping : never))))],
    ["in mid-answer", 300, () => hostile(answering(streamFrom((_, at) => [start, delta("Half")][at] ?? never)))],
  ])("%s is left after %i s", async (_name, seconds, makeModel) => {
    const clock = createFakeClock();
    await using stage = await setStage({ clock, model: makeModel() });
    await ask(stage);
    // What it says, it says at once.
    await pause();
    await clock.advance(seconds * 1_000 - 1);
    expect(dataOf(await stage.log(), "attempt.ended")).toEqual([]);
    await clock.advance(1);
    expect(await stage.holdfast.sessions.wait({ sessionId: stage.sessionId })).toMatchObject({
      status: "failed",
      failure: { class: "transport", message: expect.stringContaining(`${seconds} s`) as string },
    });
    await expectGoesOn(stage);
  });
});
