import { APICallError } from "@ai-sdk/provider";
import { describe, expect, it } from "vitest";

import { lastUserText, toolResultsOfTurn } from "./conversation.ts";
import { createGate } from "./gate.ts";
import { providerError } from "./provider-error.ts";
import { cut, delay, error, finish, part, reasoning, refuse, reset, text, toolCall, wait } from "./script.ts";
import { scriptedModel } from "./scripted-model.ts";

import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { Script } from "./script.ts";

const hello: LanguageModelV4CallOptions = { prompt: [{ role: "user", content: [{ type: "text", text: "hello" }] }] };

const read = async (stream: ReadableStream<LanguageModelV4StreamPart>) => {
  const parts: LanguageModelV4StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
};

const play = async (script: Script, request = hello) =>
  (await read((await scriptedModel(script).doStream(request)).stream)).slice(2);

const call = ["tool-input-start", "tool-input-delta", "tool-input-end", "tool-call"];

const echo: Script = (prompt) => [
  text(toolResultsOfTurn(prompt).length > 0 ? "done" : `heard ${lastUserText(prompt)}`),
];

const typesOf = (parts: readonly LanguageModelV4StreamPart[]) => parts.map(({ type }) => type);

describe("scriptedModel", () => {
  it("begins a stream with stream-start and response-metadata", async () => {
    const { stream } = await scriptedModel([[text("hi")]]).doStream(hello);
    expect(typesOf(await read(stream)).slice(0, 2)).toEqual(["stream-start", "response-metadata"]);
  });

  it("streams a text in as many deltas as it was told, and finishes by itself", async () => {
    const parts = await play([[text("abcdef", { chunks: 3 })]]);
    expect(typesOf(parts)).toEqual(["text-start", "text-delta", "text-delta", "text-delta", "text-end", "finish"]);
    expect(parts.flatMap((part) => (part.type === "text-delta" ? [part.delta] : []))).toEqual(["ab", "cd", "ef"]);
    expect(parts.at(-1)).toMatchObject({ finishReason: { unified: "stop" }, usage: { inputTokens: { total: 100 } } });
  });

  it("writes a call's input as a string, piece by piece and then whole, and finishes for the call", async () => {
    const parts = await play([[reasoning("hm"), toolCall("note", { a: 1 }), toolCall("note", '{"a":')]]);
    expect(typesOf(parts)).toEqual(["reasoning-start", "reasoning-delta", "reasoning-end", ...call, ...call, "finish"]);
    expect(parts.filter(({ type }) => type === "tool-call")).toEqual([
      { type: "tool-call", toolCallId: "call-1", toolName: "note", input: '{"a":1}' },
      { type: "tool-call", toolCallId: "call-2", toolName: "note", input: '{"a":' },
    ]);
    expect(parts.at(-1)).toMatchObject({ finishReason: { unified: "tool-calls" } });
  });

  it("answers by call order, and says so when the script is over", async () => {
    const model = scriptedModel([[text("one")], [text("two"), finish("length")]]);
    await read((await model.doStream(hello)).stream);
    const second = await read((await model.doStream(hello)).stream);
    expect(second.at(-1)).toMatchObject({ type: "finish", finishReason: { unified: "length" } });
    await expect(model.doStream(hello)).rejects.toThrow("add a step");
    expect(model.requests).toEqual([hello, hello, hello]);
  });

  it("answers from the conversation where the script is a function", async () => {
    expect(await play(echo)).toContainEqual({ type: "text-delta", id: "block-0", delta: "heard hello" });
  });

  it("ends an open block without an end, and a cut stream without a finish", async () => {
    expect(typesOf(await play([[text("abc", { open: true }), cut(), text("never")]]))).toEqual([
      "text-start",
      "text-delta",
    ]);
  });

  it("reports an error in band, and finishes as failed", async () => {
    const parts = await play([[error({ code: "overloaded" })]]);
    expect(parts).toMatchObject([
      { type: "error", error: { code: "overloaded" } },
      { type: "finish", finishReason: { unified: "error" }, usage: { inputTokens: { total: undefined } } },
    ]);
  });

  it("breaks a stream as a reset connection does: retryable, with status 200", async () => {
    const failure = await play([[text("abc"), reset()]]).catch((reason: unknown) => reason);
    expect(APICallError.isInstance(failure) && [failure.isRetryable, failure.statusCode]).toEqual([true, 200]);
  });

  it("rejects a refused request, with the headers of the provider", async () => {
    const refused = play([[refuse(providerError({ status: 429, retryAfter: "7" }))]]);
    await expect(refused).rejects.toMatchObject({
      isRetryable: true,
      statusCode: 429,
      responseHeaders: { "retry-after": "7" },
    });
  });

  it("waits at a gate until the test opens it", async () => {
    const gate = createGate();
    const { stream } = await scriptedModel([[wait(gate.opened), text("through")]]).doStream(hello);
    let done = false;
    const reading = read(stream).then(() => (done = true));
    await new Promise(setImmediate);
    expect(done).toBe(false);
    gate.open();
    await reading;
  });

  it("errors the stream with an error of the provider's when the signal aborts at a gate or in a delay", async () => {
    for (const pause of [wait(createGate().opened), delay(60_000)]) {
      const abort = new AbortController();
      const { stream } = await scriptedModel([[text("a"), pause]]).doStream({ ...hello, abortSignal: abort.signal });
      const reading = read(stream);
      setImmediate(() => abort.abort(new Error("mine")));
      await expect(reading).rejects.toSatisfy((reason) => APICallError.isInstance(reason));
    }
  });

  it("rejects with the signal's reason where it was aborted before the request", async () => {
    const reason = new Error("mine");
    const request = { ...hello, abortSignal: AbortSignal.abort(reason) };
    await expect(scriptedModel([[text("a")]]).doStream(request)).rejects.toBe(reason);
  });

  it("stops when its reader leaves", async () => {
    const { stream } = await scriptedModel([[text("abc", { chunks: 3 }), wait(createGate().opened)]]).doStream(hello);
    for await (const { type } of stream) if (type === "text-delta") break;
    expect(stream.locked).toBe(false);
  });

  it("passes a raw part on as it is", async () => {
    const raw = { type: "source", sourceType: "url", id: "s", url: "https://a.invalid" } as const;
    expect(await play([[part(raw)]])).toContainEqual(raw);
  });
});
