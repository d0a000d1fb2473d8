import { defineTool } from "@holdfast/core/tool";
import {
  createFakeClock,
  createGate,
  cut,
  error,
  finish,
  part,
  providerError,
  refuse,
  reset,
  scriptedModel,
  text,
  toolCall,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, setStage, untilEvent } from "./stage.ts";

import type { ScriptStep } from "@holdfast/testkit";
import type { Stage } from "./stage.ts";

const retries = { firstMs: 1 };
const hello: ScriptStep = [text("Hello.")];
const busy: ScriptStep = [refuse(providerError({ status: 503 }))];

/** Whatever happened, the session takes the next prompt, and its log is as every log is. */
const expectGoesOn = async (stage: Stage): Promise<void> => {
  expect(await stage.turn("Again")).toMatchObject({ status: "completed" });
  await expectSound(stage.store, stage.sessionId);
};

describe("a request that may pass", () => {
  it.each([
    ["was refused with 429", [refuse(providerError({ status: 429 }))], "rate-limit"],
    ["was refused with 500", [refuse(providerError({ status: 500 }))], "overloaded"],
    ["was refused with 529", [refuse(providerError({ status: 529 }))], "overloaded"],
    ["broke on the way", [refuse(new TypeError("fetch failed"))], "transport"],
    ["was answered with nothing", [cut()], "incomplete-stream"],
    ["was interrupted by the provider", [finish("interrupted")], "incomplete-stream"],
    ["met an overload in mid-stream", [error({ type: "overloaded_error", message: "Busy" })], "overloaded"],
  ] as const)(
    "and %s is made again in the same message, each time after a scheduled retry",
    async (_, step, expected) => {
      await using stage = await setStage({ model: [step, step, hello, hello], retries });
      expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
      const log = await stage.log();
      expect(dataOf(log, "retry.scheduled")).toMatchObject([
        { attempt: 1, retry: 1, class: expected },
        { attempt: 2, retry: 2, class: expected },
      ]);
      expect(dataOf(log, "attempt.ended").map(({ status }) => status)).toEqual(["error", "error", "finished"]);
      expect(new Set(dataOf(log, "attempt.started").map(({ messageId }) => messageId)).size).toBe(1);
      expect(dataOf(log, "step.started")).toHaveLength(1);
      await expectGoesOn(stage);
    },
  );

  it("is made five times at most; then the execution fails by the last one's class, and the next prompt has its own retries", async () => {
    const model = scriptedModel([busy, busy, busy, busy, busy, busy, hello, hello]);
    await using stage = await setStage({ model, retries });
    expect(await stage.turn("Hi")).toMatchObject({ status: "failed", failure: { class: "overloaded" } });
    expect(model.calls).toBe(5);
    const log = await stage.log();
    expect(dataOf(log, "retry.scheduled").map(({ retry }) => retry)).toEqual([1, 2, 3, 4]);
    const [first, second] = dataOf(log, "retry.scheduled").map(({ delayMs }) => delayMs);
    expect(second).toBeGreaterThanOrEqual(first ?? Infinity);
    expect(await stage.turn("Again")).toMatchObject({ status: "completed" });
    expect(model.calls).toBe(7);
    await expectGoesOn(stage);
  });
});

describe("a request that would come to the same", () => {
  const quota = { statusCode: 429, message: "No quota", data: { error: { code: "insufficient_quota" } } };
  const stop = Object.assign(providerError({ status: 503 }), { responseHeaders: { "x-should-retry": "false" } });
  it.each([
    ["too long", [refuse(providerError({ status: 400, message: "prompt is too long" }))], "context-overflow"],
    ["filtered", [text("I"), finish("content-filter")], "content-filter"],
    [
      "filtered after an error in its stream",
      [part({ type: "error", error: { type: "overloaded_error" } }), finish("content-filter")],
      "content-filter",
    ],
    ["of a wrong key", [refuse(providerError({ status: 401 }))], "authentication"],
    ["invalid", [refuse(providerError({ status: 400 }))], "invalid-request"],
    ["for no model", [refuse(providerError({ status: 404 }))], "model-unavailable"],
    ["over a quota that is used up", [refuse(quota)], "rate-limit"],
    ["that the provider wants no more", [refuse(stop)], "overloaded"],
    [
      "with an answer beyond 16 Mi characters",
      [text("x".repeat(17 * 1024 * 1024), { chunks: 20 })],
      "incomplete-stream",
    ],
  ] as const)("%s is made once", async (_, step, expected) => {
    const model = scriptedModel([step, hello]);
    await using stage = await setStage({ model, retries });
    expect(await stage.turn("Hi")).toMatchObject({ status: "failed", failure: { class: expected } });
    expect(model.calls).toBe(1);
    expect(dataOf(await stage.log(), "retry.scheduled")).toEqual([]);
    await expectGoesOn(stage);
  });
});

describe("retry-after", () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    ["seconds", { "retry-after": "20" }, 20_000],
    ["half a second more, in milliseconds", { "retry-after-ms": "20500", "retry-after": "1" }, 20_500],
    ["a date", { "retry-after": new Date(now + 33_000).toUTCString() }, 33_000],
    ["a day, which is cut to 15 minutes", { "retry-after": "86400" }, 900_000],
  ])("of %s is waited for", async (_name, headers, expected) => {
    const refused = refuse(Object.assign(providerError({ status: 429 }), { responseHeaders: headers }));
    const clock = createFakeClock(now);
    const model = scriptedModel([[refused], hello]);
    await using stage = await setStage({ model, clock, retries: {} });
    const turn = stage.turn("Hi");
    await untilEvent(stage.holdfast, stage.sessionId, "retry.scheduled");
    expect(dataOf(await stage.log(), "retry.scheduled")).toMatchObject([{ delayMs: expected }]);
    await clock.advance(expected - 1);
    expect(model.calls).toBe(1);
    await clock.advance(1);
    expect(await turn).toMatchObject({ status: "completed" });
  });

  it.each(["soon", "", "-5", "1e9", "Thu, 01 Jan 1970 00:00:00 GMT"])("of %j asks for nothing", async (value) => {
    const refused = refuse(providerError({ status: 429, retryAfter: value }));
    await using stage = await setStage({ model: [[refused], hello], retries });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "retry.scheduled")[0]?.delayMs).toBeLessThan(10);
  });
});

describe("an attempt that broke after durable output", () => {
  it("keeps the partial answer; the model is asked to continue, and answers in a new message", async () => {
    const model = scriptedModel([[text("Half an ans", { open: true }), reset()], [text("wer.")], hello]);
    await using stage = await setStage({ model, retries });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    const [first, second] = dataOf(await stage.log(), "attempt.started");
    expect(second?.messageId).not.toBe(first?.messageId);
    expect(model.requests[1]?.prompt).toMatchObject([
      { role: "user" },
      { role: "assistant", content: [{ type: "text", text: "Half an ans" }] },
      { role: "user", content: [{ type: "text", text: second?.synthetic }] },
    ]);
    await expectGoesOn(stage);
    // What the model was told then stands in every later request, too.
    expect(model.requests[2]?.prompt.slice(0, 3)).toEqual(model.requests[1]?.prompt);
  });

  it("is asked to continue once, though the next attempt is refused before the third goes on", async () => {
    const model = scriptedModel([[text("Half an ans", { open: true }), reset()], busy, [text("wer.")], hello]);
    await using stage = await setStage({ model, retries });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    expect(model.requests[2]?.prompt).toEqual(model.requests[1]?.prompt);
    const [first, second, third] = dataOf(await stage.log(), "attempt.started").map(({ messageId }) => messageId);
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    await expectGoesOn(stage);
    expect(model.requests[3]?.prompt.slice(0, 3)).toEqual(model.requests[1]?.prompt);
  });

  it("has its calls run and shown to the model, and waits for them however soon the retry is due", async () => {
    const gate = createGate();
    const runs: string[] = [];
    const act = defineTool({
      name: "act",
      description: "Acts.",
      input: z.object({}),
      output: z.string(),
      execute: async () => {
        await gate.opened;
        runs.push("ran");
        return "acted";
      },
    });
    const model = scriptedModel([[toolCall("act", {}), toolCall("act", `{"a`), reset()], [text("Done.")], hello]);
    await using stage = await setStage({ model, tools: [act], retries });
    const turn = stage.turn("Hi");
    await untilEvent(stage.holdfast, stage.sessionId, "retry.scheduled");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(model.calls).toBe(1);
    gate.open();
    expect(await turn).toMatchObject({ status: "completed" });
    expect(runs).toEqual(["ran"]);
    expect(model.requests[1]?.prompt).toMatchObject([
      { role: "user" },
      { role: "assistant", content: [{ type: "tool-call" }] },
      { role: "tool", content: [{ type: "tool-result", output: { value: "acted" } }] },
      { role: "user" },
    ]);
    await expectGoesOn(stage);
  });
});
