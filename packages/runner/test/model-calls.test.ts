import { defineTool } from "@holdfast/core/tool";
import { part, reset, scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, setStage } from "./stage.ts";

import type { DurableEvent } from "@holdfast/core/event";
import type { ScriptStep } from "@holdfast/testkit";
import type { Stage } from "./stage.ts";

const echo = defineTool({
  name: "echo",
  description: "Says it again.",
  input: z.object({ value: z.string().optional() }),
  output: z.string(),
  execute: ({ value }) => `echo ${value ?? "nothing"}`,
});

/** Whatever happened, the session takes the next prompt, and its log is as every log is. */
const expectGoesOn = async (stage: Stage): Promise<void> => {
  expect(await stage.turn("Again")).toMatchObject({ status: "completed" });
  expect(dataOf(await stage.log(), "text.ended").at(-1)?.text).toBe("Here I am again.");
  await expectSound(stage.store, stage.sessionId);
};

const answerAfter = (...calls: ScriptStep) => [calls, [text("Here I am again.")], [text("Here I am again.")]];

const outcomesOf = (log: readonly DurableEvent[]) =>
  dataOf(log, "tool.called").map(
    ({ callId }) => dataOf(log, "tool.settled").find((settled) => settled.callId === callId)?.outcome,
  );

describe("calls that a model gets wrong", () => {
  it("input that is malformed, half, no object or unfit is settled as invalid with the raw text kept, and never run", async () => {
    const inputs = ['{"value": "h', "", "[1]", "null", '"text"', "42", "not JSON", '{"value": 1}'];
    await using stage = await setStage({
      tools: [echo],
      model: answerAfter(...inputs.map((input) => toolCall("echo", input))),
    });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(dataOf(log, "tool.called").map(({ input }) => input)).toEqual(
      // What parses to an object is a call at once; the rest waits to see whether the stream finishes.
      [inputs[7], ...inputs.slice(0, 7)],
    );
    const invalid = { status: "stopped", reason: "invalid-input" };
    // An empty input is an empty object, in a stream that finished.
    const empty = { status: "completed", content: "echo nothing" };
    expect(outcomesOf(log)).toMatchObject([invalid, invalid, empty, ...Array.from({ length: 5 }, () => invalid)]);
    expect(dataOf(log, "tool.begun")).toHaveLength(1);
    await expectGoesOn(stage);
  });

  it("a call that was complete when its stream broke is run and settled, and the step still fails", async () => {
    await using stage = await setStage({
      tools: [echo],
      model: [
        [toolCall("echo", { value: "hi" }), toolCall("echo", '{"value": "h'), reset()],
        [text("Here I am again.")],
      ],
    });
    expect(await stage.turn("Go")).toMatchObject({ status: "failed", failure: { class: "transport" } });
    expect(outcomesOf(await stage.log())).toMatchObject([{ status: "completed", content: "echo hi" }]);
    await expectGoesOn(stage);
  });

  it("two calls of one step under one provider ID are two calls, each with its own result", async () => {
    const model = scriptedModel(
      answerAfter(
        toolCall("echo", { value: "one" }, { id: "same" }),
        toolCall("echo", { value: "two" }, { id: "same" }),
      ),
    );
    await using stage = await setStage({ tools: [echo], model });
    await stage.turn("Go");
    const log = await stage.log();
    expect(dataOf(log, "tool.called").map(({ providerCallId }) => providerCallId)).toEqual(["same", "same"]);
    expect(outcomesOf(log)).toMatchObject([{ content: "echo one" }, { content: "echo two" }]);
    const results = toolResultsOfTurn(model.requests[1]?.prompt ?? []);
    expect(new Set(results.map(({ toolCallId }) => toolCallId)).size).toBe(2);
    await expectGoesOn(stage);
  });

  it("a tool that nobody registered is refused with the names of those that are, and the model goes on", async () => {
    await using stage = await setStage({ tools: [echo], model: answerAfter(toolCall("ecko", {}), toolCall("", {})) });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    const outcomes = outcomesOf(await stage.log());
    const unknown = { status: "stopped", reason: "unknown-tool", content: "There is no such tool. There are: echo." };
    expect(outcomes).toEqual([unknown, unknown]);
    await expectGoesOn(stage);
  });

  it("a call that the provider was to run and did not answer is settled as infrastructure, and not run here", async () => {
    const hosted = part({
      type: "tool-call",
      toolCallId: "srv_1",
      toolName: "echo",
      input: "{}",
      providerExecuted: true,
    });
    await using stage = await setStage({ tools: [echo], model: answerAfter(hosted) });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(outcomesOf(log)).toMatchObject([{ status: "stopped", reason: "infrastructure" }]);
    expect(dataOf(log, "tool.begun")).toEqual([]);
    await expectGoesOn(stage);
  });

  it("of more calls than a step may have, the first are run and the others are settled as over budget", async () => {
    await using stage = await setStage({
      tools: [echo],
      limits: { callsPerStep: 3 },
      model: answerAfter(...Array.from({ length: 5 }, () => toolCall("echo", {}))),
    });
    await stage.turn("Go");
    expect(outcomesOf(await stage.log()).map((outcome) => outcome?.status)).toEqual([
      "completed",
      "completed",
      "completed",
      "stopped",
      "stopped",
    ]);
    await expectGoesOn(stage);
  });
});

it("a model that calls for ever is ended at 50 steps by a typed outcome, its last calls refused, and takes the next prompt", async () => {
  await using stage = await setStage({
    tools: [echo],
    model: (_prompt, index) => (index < 50 ? [toolCall("echo", {})] : [text("Here I am again.")]),
  });
  expect(await stage.turn("Go")).toMatchObject({ status: "budget", failure: { class: "step-limit" } });
  const log = await stage.log();
  expect(dataOf(log, "step.started").map(({ index }) => index)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
  expect(dataOf(log, "tool.begun")).toHaveLength(49);
  expect(outcomesOf(log).at(-1)).toMatchObject({ status: "stopped", reason: "budget" });
  await expectGoesOn(stage);
});
