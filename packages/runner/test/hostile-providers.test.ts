import { canonicalJson } from "@holdfast/core";
import { History } from "@holdfast/core/session";
import { defineTool } from "@holdfast/core/tool";
import { scriptedModel, text, toolCall } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { PromptBuilder } from "../src/model/prompt-builder.ts";
import { toPromptMessages } from "../src/model/to-prompt.ts";
import { toCost } from "../src/model/to-usage.ts";
import { expectGoesOn, expectNothingOpen, finished, hostile, sending, usage } from "./hostile-model.ts";
import { dataOf, setStage } from "./stage.ts";

import type { AssistantMessage, CallPart, JsonObject, Message } from "@holdfast/core";
import type { AnyPart } from "./hostile-model.ts";

const look = defineTool({
  name: "look",
  description: "Looks.",
  input: z.looseObject({}),
  output: z.string(),
  execute: () => "seen",
});

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

const untouchable: object = new Proxy(
  {},
  {
    get: () => {
      throw new Error("hands off");
    },
    getPrototypeOf: () => {
      throw new Error("hands off");
    },
  },
);

const said = (...parts: readonly AnyPart[]): readonly AnyPart[] => [
  { type: "text-start", id: "1" },
  { type: "text-delta", id: "1", delta: "Hi" },
  ...parts,
];

const call = (more: object): AnyPart => ({
  type: "tool-call",
  toolCallId: "a",
  toolName: "look",
  input: "{}",
  ...more,
});

describe("a provider's mistake fails the attempt, and never the session", () => {
  it.each([
    ["rejects with a cyclic object", cyclic],
    ["rejects with a bigint in an object", { big: 1n }],
    ["rejects with a bigint", 1n],
    ["rejects with a symbol", Symbol("no")],
    ["rejects with an error whose message is an object", Object.assign(new Error("x"), { message: { a: 1 } })],
    ["rejects with something that cannot be looked at", untouchable],
  ])("%s", async (_name, reason) => {
    const refused = hostile(async () => {
      throw reason;
    });
    await using stage = await setStage({ model: refused });
    expect(await stage.turn("Hi")).toMatchObject({ status: "failed", failure: { class: "invalid-request" } });
    await expectGoesOn(stage);
  });

  it.each([
    ["an answer without a stream", undefined],
    ["an answer whose stream is something else", { stream: "text" }],
  ])("%s", async (_name, answer) => {
    await using stage = await setStage({ model: hostile(async () => answer as never) });
    expect(await stage.turn("Hi")).toMatchObject({ status: "failed" });
    await expectGoesOn(stage);
  });

  it.each([
    ["a cyclic object in an error part", [{ type: "error", error: cyclic }, finished], "invalid-request"],
    ["a finish without a reason", [{ type: "finish", usage }], "incomplete-stream"],
    [
      "a finish whose reason is a number",
      [{ type: "finish", usage, finishReason: { unified: 1 } }],
      "incomplete-stream",
    ],
    ["a part that cannot be looked at", [untouchable as never, finished], "invalid-request"],
  ] as const)("%s", async (_name, parts, expected) => {
    await using stage = await setStage({ model: sending(...said(...parts)) });
    expect(await stage.turn("Hi")).toMatchObject({ status: "failed", failure: { class: expected } });
    expect(dataOf(await stage.log(), "attempt.ended")).toMatchObject([{ status: "error" }]);
    await expectNothingOpen(stage);
    await expectGoesOn(stage);
  });
});

describe("what a provider says besides its answer is made fit for the log", () => {
  it.each([
    ["none", undefined, "estimated"],
    ["an empty object", {}, "estimated"],
    ["a text", "many", "estimated"],
    [
      "more than there are",
      { inputTokens: { total: 1e300 }, outputTokens: { total: 2.4 } },
      [Number.MAX_SAFE_INTEGER, 2],
    ],
    ["less than none", { inputTokens: { total: -5 }, outputTokens: { total: Number.NaN } }, "estimated"],
    ["texts for numbers", { inputTokens: { total: "7" }, outputTokens: null }, "estimated"],
  ])("usage: %s", async (_name, counted, expected) => {
    const model = sending(...said({ type: "finish", finishReason: { unified: "stop" }, usage: counted }));
    await using stage = await setStage({ model });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    const [ended] = dataOf(await stage.log(), "attempt.ended");
    if (typeof expected !== "string") expect(ended?.usage).toMatchObject({ input: expected[0], output: expected[1] });
    else expect(ended).toMatchObject({ estimated: true, usage: { input: expect.toSatisfy((tokens) => tokens > 0) } });
    await expectGoesOn(stage);
  });

  it.each([
    ["half an emoji is replaced, in keys too", { p: { "\ud83d": "\ud83d" } }, { p: { "\ufffd": "\ufffd" } }],
    ["what is undefined is left out", { p: { a: undefined, b: [1] } }, { p: { b: [1] } }],
    ["a cycle is dropped", cyclic, undefined],
    ["a bigint is dropped", { p: 1n }, undefined],
    ["what cannot be looked at is dropped", { p: untouchable }, undefined],
    ["a text is dropped", "signature", undefined],
    ["more than any provider means is dropped", { p: "x".repeat(2 * 1024 * 1024) }, undefined],
  ])("metadata: %s", async (_name, providerMetadata, kept) => {
    const model = sending(
      ...said({ type: "text-end", id: "1", providerMetadata }),
      call({ providerMetadata }),
      finished,
    );
    await using stage = await setStage({ tools: [look], model });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(dataOf(log, "text.ended")[0]?.providerMetadata).toEqual(kept);
    expect(dataOf(log, "tool.called")[0]?.providerMetadata).toEqual(kept);
    await expectGoesOn(stage);
  });

  it.each([
    ["an input that is an object", { input: { at: "a" } }, { input: '{"at":"a"}' }, "completed"],
    ["an input that is a cycle", { input: cyclic }, { input: "[input that is no JSON]" }, "stopped"],
    ["an ID that ends in half an emoji", { toolCallId: "a\ud83d" }, { providerCallId: "a\ufffd" }, "completed"],
    ["an ID that is a number", { toolCallId: 7 }, { providerCallId: "" }, "completed"],
    ["a name that is none", { toolName: undefined }, { name: "" }, "stopped"],
    ["a name that ends in half an emoji", { toolName: "look\ud83d" }, { name: "look\ufffd" }, "stopped"],
  ])("a call: %s", async (...[, more, called, status]) => {
    await using stage = await setStage({ tools: [look], model: sending(call(more), finished) });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(dataOf(log, "tool.called")).toMatchObject([called]);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status } }]);
    await expectGoesOn(stage);
  });

  it("parts that are none, deltas without a text and ends of nothing are passed over", async () => {
    const noise: readonly AnyPart[] = [
      null,
      { type: "text-delta", id: "1" },
      { type: "text-delta", id: "1", delta: 5 },
      { type: "text-end", id: "other" },
      { type: "tool-input-delta", id: "none", delta: "{" },
      { type: "from-the-future" },
    ];
    await using stage = await setStage({ model: sending(...said(...noise, finished)) });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "text.ended")).toMatchObject([{ text: "Hi" }]);
    await expectGoesOn(stage);
  });

  it("an answer costs nothing where the host's price gives no amount", () => {
    const counted = { input: 1, output: 1, reasoning: 0, cacheRead: 0, cacheWrite: 0 };
    for (const price of [{ input: Number.NaN, output: 1 }, { input: -1, output: 0 }, null, {}])
      expect(toCost(counted, price as never)).toBe(0);
  });
});

const user = (words: string) => ({ role: "user", text: words }) as Message;

describe("an input that is legal JSON and cannot be sealed", () => {
  const deep = `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  const inputs = [String.raw`{"value":"\ud83d"}`, String.raw`{"\ud83d":[{"\udc00":1}]}`, '{"value":1e400}', deep];

  it.each(inputs.slice(0, 3))("%s: the session goes on in this and every later turn", async (input) => {
    const model = scriptedModel([[toolCall("look", input)], [text("Seen.")], [text("Here I am again.")]]);
    await using stage = await setStage({ tools: [look], model });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "tool.called")).toMatchObject([{ input }]);
    await expectGoesOn(stage);
  });

  it.each(inputs)("is shown to the model as an object that can be: case %#", (input) => {
    const part: CallPart = {
      type: "call",
      position: 0,
      callId: "cal_a" as CallPart["callId"],
      providerCallId: "",
      name: "functions.look",
      input,
      state: "settled",
    };
    const message = { role: "assistant", status: "finished", model: { id: "m" }, content: [part] };
    const [shown, result] = toPromptMessages(message as unknown as AssistantMessage, { id: "m" });
    expect(() => canonicalJson(shown as unknown as JsonObject)).not.toThrow();
    // Nor would a provider take a name that no tool may have.
    const toolName = "functions_look";
    expect(shown?.content).toMatchObject([{ input: expect.any(Object) as object, toolName }]);
    expect(result?.content).toMatchObject([{ toolName }]);
  });

  it("a prompt that could not be hashed once is built again without anything twice", () => {
    const messages = [user("one"), user("two \ud83d")];
    const history = new (class extends History {
      override get size(): number {
        return messages.length;
      }
      override at(index: number): Message | undefined {
        return messages[index];
      }
    })();
    const builder = new PromptBuilder({ id: "m" }, undefined);
    expect(() => builder.build(history)).toThrow("lone surrogate");
    expect(() => builder.build(history)).toThrow("lone surrogate");
    messages[1] = user("two");
    expect(builder.build(history)).toEqual(new PromptBuilder({ id: "m" }, undefined).build(history));
    expect(builder.build(history).prompt).toHaveLength(2);
  });
});
