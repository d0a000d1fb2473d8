import {
  createGate,
  cut,
  error,
  finish,
  providerError,
  reasoning,
  refuse,
  reset,
  scriptedModel,
  text,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { dataOf, setStage, untilShown } from "./stage.ts";

import type { LanguageModelV4, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { ScriptStep } from "@holdfast/testkit";
import type { Stage } from "./stage.ts";

const never = new Promise<never>(() => {});

/** A provider of the test's own for the first request; afterwards it answers as it should. */
const misbehaving = (first: LanguageModelV4["doStream"]): LanguageModelV4 => {
  const model = scriptedModel([[text("Here I am again.")]]);
  let calls = 0;
  return { ...model, doStream: (options) => (calls++ === 0 ? first(options) : model.doStream(options)) };
};

/** Whatever happened, the session takes the next prompt, and its log is as every log is. */
const expectGoesOn = async (stage: Stage): Promise<void> => {
  expect(await stage.turn("Again")).toMatchObject({ status: "completed" });
  expect(dataOf(await stage.log(), "text.ended").at(-1)?.text).toBe("Here I am again.");
  await expectSound(stage.store, stage.sessionId);
};

const again: ScriptStep = [text("Here I am again.")];
const status = (code: number, message = `The provider answered ${code}`): ScriptStep => [
  refuse(providerError({ status: code, message })),
];

describe("a request that fails", () => {
  it.each([
    ["refused with 429", status(429), "rate-limit"],
    ["refused with 401", status(401), "authentication"],
    ["refused with 403", status(403), "authentication"],
    ["refused with 400", status(400), "invalid-request"],
    ["refused for its length", status(400, "This exceeds the maximum context length"), "context-overflow"],
    ["refused with 500", status(500), "overloaded"],
    ["refused with 529", status(529), "overloaded"],
    ["broken on the way", [refuse(new TypeError("fetch failed"))], "transport"],
    ["rejected with nothing at all", [refuse(undefined)], "invalid-request"],
    ["reset in mid-text", [text("Half", { open: true }), reset()], "transport"],
    [
      "an error part in mid-text",
      [text("Half", { open: true }), error({ error: { message: "No" } })],
      "invalid-request",
    ],
    ["a stream without a finish", [text("Half"), cut()], "incomplete-stream"],
    ["an empty stream", [cut()], "incomplete-stream"],
    ["a finish for an error", [text("Half"), finish("error")], "incomplete-stream"],
    ["a content filter", [text("Half"), finish("content-filter")], "content-filter"],
  ] as const)("%s fails the execution by its class, and the next prompt is answered", async (_name, step, expected) => {
    await using stage = await setStage({ model: [step, again] });
    expect(await stage.turn("Hi")).toMatchObject({ status: "failed", failure: { class: expected } });
    const log = await stage.log();
    expect(dataOf(log, "step.failed")).toMatchObject([{ failure: { class: expected } }]);
    expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "failed", failure: { class: expected } }]);
    await expectGoesOn(stage);
  });

  it("a provider that throws before there is a promise fails the execution like one that rejects", async () => {
    const model = misbehaving(() => {
      throw providerError({ status: 503, message: "Try later" });
    });
    await using stage = await setStage({ model });
    expect(await stage.turn("Hi")).toMatchObject({
      status: "failed",
      failure: { class: "overloaded", message: "Try later" },
    });
    await expectGoesOn(stage);
  });

  it("an error's message is kept up to 2,000 characters, without half an emoji", async () => {
    const message = `${"x".repeat(1_999)}😀${"y".repeat(9_000)}`;
    await using stage = await setStage({ model: [[refuse(new Error(message))], again] });
    const { failure } = await stage.turn("Hi");
    expect(failure?.message).toBe(`${"x".repeat(1_999)}\ufffd`);
    await expectGoesOn(stage);
  });

  it("what had arrived is kept and marked as cut, and reasoning that was whole is not", async () => {
    const step = [reasoning("I think."), text("Half an ans 😀".slice(0, -1), { open: true }), reset()];
    await using stage = await setStage({ model: [step, again] });
    await stage.turn("Hi");
    const log = await stage.log();
    expect(dataOf(log, "reasoning.ended")[0]).not.toHaveProperty("cut");
    expect(dataOf(log, "text.ended")).toMatchObject([{ text: "Half an ans \ufffd", cut: true }]);
    expect(dataOf(log, "attempt.ended")).toMatchObject([{ status: "error" }]);
    await expectGoesOn(stage);
  });
});

it("a stream that ignores the signal is left at an interruption all the same, and what it still sends is dropped", async () => {
  const late = createGate();
  const parts: readonly LanguageModelV4StreamPart[] = [
    { type: "text-start", id: "1" },
    { type: "text-delta", id: "1", delta: "Half" },
  ];
  const model = misbehaving(async () => ({
    stream: new ReadableStream<LanguageModelV4StreamPart>({
      start: (controller) => {
        for (const one of parts) controller.enqueue(one);
      },
      pull: async (controller) => {
        await late.opened;
        controller.enqueue({ type: "text-delta", id: "1", delta: " and more" });
      },
      // One that cannot be cancelled either.
      cancel: () => never,
    }),
  }));
  await using stage = await setStage({ model });
  const { sessions } = stage.holdfast;
  const { sessionId } = stage;
  await sessions.prompt({ sessionId, text: "Hi" });
  await untilShown(stage.holdfast, sessionId, "Half");
  await sessions.interrupt({ sessionId });
  expect(await sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
  late.open();
  expect(dataOf(await stage.log(), "text.ended")).toMatchObject([{ text: "Half", cut: true }]);
  await expectGoesOn(stage);
});

it("a stream that never ends is stopped by an interruption, and the interruption is no failure", async () => {
  await using stage = await setStage({
    model: [[text("Half", { open: true }), wait(never)], [text("Here I am again.")]],
  });
  const { sessions } = stage.holdfast;
  const { sessionId } = stage;
  await sessions.prompt({ sessionId, text: "Hi" });
  await untilShown(stage.holdfast, sessionId, "Half");
  await sessions.interrupt({ sessionId });
  await sessions.wait({ sessionId });
  expect(dataOf(await stage.log(), "execution.ended")[0]).not.toHaveProperty("failure");
  await expectGoesOn(stage);
});
