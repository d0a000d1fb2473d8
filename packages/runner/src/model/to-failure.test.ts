import { HoldfastError } from "@holdfast/core";
import { brokenStream, providerError } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { AttemptFailed } from "./attempt-failed.ts";
import { toFailure } from "./to-failure.ts";

const named = (name: string, message = "No"): Error => Object.assign(new Error(message), { name });
const fetchFailed = (code: string): Error =>
  new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) });

describe("toFailure", () => {
  it.each([
    ["429", providerError({ status: 429, retryAfter: "20" }), "rate-limit"],
    ["429 for tokens", providerError({ status: 429, message: "Too many tokens, please wait." }), "rate-limit"],
    ["401", providerError({ status: 401 }), "authentication"],
    ["403", providerError({ status: 403 }), "authentication"],
    ["404", providerError({ status: 404 }), "model-unavailable"],
    ["400", providerError({ status: 400 }), "invalid-request"],
    ["422", providerError({ status: 422 }), "invalid-request"],
    ["413", providerError({ status: 413 }), "context-overflow"],
    ["408", providerError({ status: 408 }), "transport"],
    ["500", providerError({ status: 500 }), "overloaded"],
    ["503", providerError({ status: 503 }), "overloaded"],
    ["529", providerError({ status: 529 }), "overloaded"],
    ["400 of Azure's filter", { statusCode: 400, data: { error: { code: "content_filter" } } }, "content-filter"],
  ])("tells an answer of %s", (_name, error, expected) => {
    expect(toFailure(error).class).toBe(expected);
  });

  it.each([
    "This model's maximum context length is 8192 tokens.",
    "prompt is too long: 209839 tokens > 200000 maximum",
    "Your input exceeds the context window of this model.",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    "Input is too long for requested model.",
    "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
    "the request exceeds the available context size",
  ])("tells a conversation that is too long by what providers say: %s", (message) => {
    expect(toFailure(providerError({ status: 400, message })).class).toBe("context-overflow");
  });

  it.each([
    ["a reset, under status 200", brokenStream("The connection was reset"), "transport"],
    ["a request that could not be made", fetchFailed("ECONNREFUSED"), "transport"],
    ["a body that broke off", new TypeError("terminated"), "transport"],
    ["a socket's own error", Object.assign(new Error("read"), { code: "ECONNRESET" }), "transport"],
    ["a cause of a cause", new Error("a", { cause: fetchFailed("UND_ERR_SOCKET") }), "transport"],
    ["a time-out", new DOMException("late", "TimeoutError"), "transport"],
    ["a mistake in the provider's code", new TypeError("x is not a function"), "invalid-request"],
    ["a missing key", named("AI_LoadAPIKeyError"), "authentication"],
    ["a model that is none", named("AI_NoSuchModelError"), "model-unavailable"],
    ["a chunk that does not parse", named("AI_JSONParseError"), "incomplete-stream"],
    ["nothing", undefined, "invalid-request"],
  ])("tells %s", (_name, error, expected) => {
    expect(toFailure(error).class).toBe(expected);
  });

  it.each([
    [{ type: "overloaded_error", message: "Overloaded" }, "overloaded"],
    [{ type: "error", error: { type: "api_error", message: "Internal" } }, "overloaded"],
    [{ error: { message: "Slow down", code: "rate_limit_exceeded" } }, "rate-limit"],
    [{ error: { message: "No", type: "server_error", code: null } }, "overloaded"],
    [{ error: { message: "No", code: "invalid_api_key" } }, "authentication"],
    [{ error: { message: "No", code: "context_length_exceeded" } }, "context-overflow"],
    [{ error: { code: 503, message: "No", status: "UNAVAILABLE" } }, "overloaded"],
    [{ error: { code: 429, message: "No", status: "RESOURCE_EXHAUSTED" } }, "rate-limit"],
    [{ error: { type: "invalid_request_error", message: "No" } }, "invalid-request"],
  ])("tells an error inside a stream by its words: %j", (error, expected) => {
    expect(toFailure(error)).toMatchObject({ class: expected, message: expect.stringMatching(/\w/) as string });
  });

  it("keeps our own: the watchdog's, and errors with a code", () => {
    const failure = { class: "transport", message: "Silence." } as const;
    expect(toFailure(new AttemptFailed(failure))).toBe(failure);
    const unknown = new HoldfastError("model.unknown", { message: "No such model.", data: { id: "x" } });
    expect(toFailure(unknown)).toEqual({ class: "model-unavailable", message: "No such model." });
  });

  it("always has a message", () => {
    for (const error of [undefined, null, "", " ", new Error(""), { message: "" }, {}, 0, 1n, Symbol("s"), () => 1])
      expect(toFailure(error).message).toMatch(/\w|[{}]/);
    expect(toFailure({ a: { b: 1n } }).message).toBe("{ a: { b: 1n } }");
  });
});
