import { defineTool } from "@holdfast/core/tool";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "../expect-sound.ts";
import { dataOf, setStage } from "../stage.ts";
import { anthropicWire } from "./anthropic-wire.ts";
import { called, ended, open, said, thought, troubled } from "./beat.ts";
import { openaiCompatibleWire } from "./openai-compatible-wire.ts";
import { openaiResponsesWire } from "./openai-responses-wire.ts";
import { answers, refuses, resets, says, saysAndBreaks, saysAndStalls, startProvider } from "./provider-server.ts";

import type { FailureClass } from "@holdfast/core/event";
import type { Stage, StageOptions } from "../stage.ts";
import type { Wire } from "./beat.ts";
import type { Answer, ProviderServer } from "./provider-server.ts";

const act = defineTool({
  name: "act",
  description: "Acts on a number.",
  input: z.object({ n: z.number().optional() }),
  output: z.string(),
  execute: ({ n }) => `acted on ${n ?? "nothing"}`,
});

const done = says(said("Do", "ne."), ended());

/** A runtime whose model is a public package's, at a provider on 127.0.0.1 that answers from a script. */
const setWire = async (
  wire: Wire,
  script: readonly Answer[],
  options: StageOptions = {},
): Promise<AsyncDisposable & { readonly server: ProviderServer; readonly stage: Stage }> => {
  const server = await startProvider(wire, script);
  const stage = await setStage({
    model: wire.model(server.baseURL),
    tools: [act],
    retries: { firstMs: 1 },
    watchdog: { firstEventMs: 300, betweenEventsMs: 300 },
    ...options,
  });
  return {
    server,
    stage,
    [Symbol.asyncDispose]: async () => {
      await stage[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
};

/** Whatever happened, the session takes the next prompt, with one request, and its log is as every log is. */
const expectGoesOn = async ({ server, stage }: { readonly server: ProviderServer; readonly stage: Stage }) => {
  const before = server.asked.length;
  expect(await stage.turn("Again")).toMatchObject({ status: "completed" });
  expect(server.asked.length).toBe(before + 1);
  await expectSound(stage.store, stage.sessionId);
};

const half = open(said("Half"));
const halfCall = open(called("a", "act", `{"n`));

/** How a request comes to nothing and is made again: one failure, one answer. */
const retried: readonly (readonly [string, Answer, FailureClass])[] = [
  ["429", refuses("rate-limit"), "rate-limit"],
  ["500", refuses("server"), "overloaded"],
  ["529", refuses("overloaded"), "overloaded"],
  ["502 with a page", answers(502, "text/html", "<html>Bad gateway</html>"), "overloaded"],
  ["an overload that is told in the stream", says(troubled("overloaded")), "overloaded"],
  ["a rate limit that is told in the stream", says(troubled("rate-limit")), "rate-limit"],
  ["an error in mid-text", says(half, troubled("server")), "overloaded"],
  ["a reset before the first byte", resets, "transport"],
  ["a reset in mid-text", saysAndBreaks(half), "transport"],
  ["a reset in mid-call", saysAndBreaks(said("Half"), halfCall), "transport"],
  ["an end in mid-text", says(half), "incomplete-stream"],
  ["an end in mid-call", says(said("Half"), halfCall), "incomplete-stream"],
  ["an end without a word", says(), "incomplete-stream"],
  ["no content", answers(204, "text/event-stream", ""), "incomplete-stream"],
  ["a stall from the start, kept warm by comments", saysAndStalls(), "transport"],
  ["a stall in mid-text, kept warm by comments", saysAndStalls(half), "transport"],
];

/** How a request comes to nothing, and would again. */
const final: readonly (readonly [string, Answer, FailureClass])[] = [
  ["a wrong key", refuses("key"), "authentication"],
  ["an invalid request", refuses("invalid"), "invalid-request"],
  ["a conversation that is too long", refuses("overflow"), "context-overflow"],
  ["a conversation that is too long, told in the stream", says(troubled("overflow")), "context-overflow"],
  ["a content filter", says(said("I"), ended("content-filter")), "content-filter"],
  ["a page in place of a stream", answers(200, "text/html", "<html>Sign in</html>"), "invalid-request"],
  ["JSON in place of a stream", answers(200, "application/json", `{"ok":true}`), "invalid-request"],
  ["an address where nothing is", answers(404, "text/html", "<html>Not found</html>"), "model-unavailable"],
];

describe.each([openaiCompatibleWire, openaiResponsesWire, anthropicWire])("$name", (wire) => {
  it("text and reasoning become blocks, with the usage that was reported", async () => {
    await using set = await setWire(wire, [says(thought("I ", "think."), said("Hel", "lo."), ended()), done]);
    expect(await set.stage.turn("Hi")).toMatchObject({ status: "completed" });
    const log = await set.stage.log();
    expect(dataOf(log, "reasoning.ended")).toMatchObject([{ text: "I think." }]);
    expect(dataOf(log, "text.ended")).toMatchObject([{ text: "Hello." }]);
    expect(dataOf(log, "attempt.ended")).toMatchObject([{ finish: "stop", usage: { input: 10, output: 5 } }]);
    await expectGoesOn(set);
  });

  it.each([
    ["parallel calls", ["a", `{"n":1}`], ["b", `{"n":2}`]],
    ["calls of one ID", ["a", `{"n":1}`], ["a", `{"n":2}`]],
  ] as const)("%s are run each, and the model is shown both results", async (_name, one, two) => {
    const calls = [one, two].map(([id, input]) => called(id, "act", input.slice(0, 3), input.slice(3)));
    await using set = await setWire(wire, [says(...calls, ended("tool-calls")), done]);
    expect(await set.stage.turn("Hi")).toMatchObject({ status: "completed" });
    const contents = dataOf(await set.stage.log(), "tool.settled").map(({ outcome }) => outcome.content);
    expect(contents.toSorted()).toEqual(["acted on 1", "acted on 2"]);
    const shown = JSON.stringify(set.server.asked[1]?.body);
    for (const content of contents) expect(shown).toContain(content);
    await expectGoesOn(set);
  });

  it("an image that a tool gave is shown to the model as an image, and never as text", async () => {
    const look = defineTool({
      name: "look",
      description: "Looks.",
      input: z.object({}),
      output: z.string(),
      execute: (_input, { media }) => {
        media.attach({ mediaType: "image/png", name: "plan.png", content: Buffer.from("an image") });
        return "seen";
      },
    });
    const calls = [called("a", "look", "{}"), called("b", "act", "{}")];
    await using set = await setWire(wire, [says(...calls, ended("tool-calls")), done], { tools: [look, act] });
    expect(await set.stage.turn("Hi")).toMatchObject({ status: "completed" });
    const data = Buffer.from("an image").toString("base64");
    const url = `data:image/png;base64,${data}`;
    const parts = JSON.stringify(set.server.asked[1]?.body).match(/\{[^{}]*(\{[^{}]*\})?[^{}]*\}/g) ?? [];
    const shown: unknown[] = parts.filter((part) => part.includes(data)).map((part) => JSON.parse(part) as unknown);
    const forms = [
      { type: "image_url", image_url: { url } },
      { type: "input_image", image_url: url },
      { type: "image", source: { type: "base64", media_type: "image/png", data } },
    ];
    expect(forms).toContainEqual(shown[0]);
    expect(shown).toHaveLength(1);
    await expectGoesOn(set);
  });

  it("a call whose input is no JSON is told so, and one without input is one of {}", async () => {
    const calls = [called("a", "act", `{"n":`), called("b", "act")];
    await using set = await setWire(wire, [says(...calls, ended("tool-calls")), done]);
    expect(await set.stage.turn("Hi")).toMatchObject({ status: "completed" });
    const outcomes = dataOf(await set.stage.log(), "tool.settled").map(({ outcome }) => outcome);
    expect(outcomes).toContainEqual(expect.objectContaining({ status: "stopped", reason: "invalid-input" }));
    expect(outcomes).toContainEqual(expect.objectContaining({ status: "completed", content: "acted on nothing" }));
    await expectGoesOn(set);
  });

  it.each(retried)("%s: the request is made again, once", async (_name, answer, expected) => {
    await using set = await setWire(wire, [answer, done]);
    expect(await set.stage.turn("Hi")).toMatchObject({ status: "completed" });
    expect(set.server.asked.length).toBe(2);
    const log = await set.stage.log();
    const [failed, finished] = dataOf(log, "attempt.ended");
    expect(failed).toMatchObject({ status: "error", failure: { class: expected } });
    expect(finished).toMatchObject({ status: "finished" });
    expect(dataOf(log, "retry.scheduled")).toMatchObject([{ attempt: 1, retry: 1, class: expected }]);
    // A cut stream has no call.
    expect(dataOf(log, "tool.called")).toEqual([]);
    await expectGoesOn(set);
  });

  it.each(final)("%s: the execution fails after one request", async (_name, answer, expected) => {
    await using set = await setWire(wire, [answer, done]);
    expect(await set.stage.turn("Hi")).toMatchObject({ status: "failed", failure: { class: expected } });
    expect(set.server.asked.length).toBe(1);
    await expectGoesOn(set);
  });

  it("429 with retry-after: the next request comes when the provider asked for it", async () => {
    await using set = await setWire(wire, [refuses("rate-limit", { "retry-after": "1" }), done]);
    expect(await set.stage.turn("Hi")).toMatchObject({ status: "completed" });
    const [first, second] = set.server.asked.map(({ atMs }) => atMs);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
    await expectGoesOn(set);
  });

  it("an overload that lasts: five requests, none of them the package's own, and the execution fails", async () => {
    const busy = Array.from({ length: 5 }, () => refuses("overloaded"));
    await using set = await setWire(wire, [...busy, done]);
    expect(await set.stage.turn("Hi")).toMatchObject({ status: "failed", failure: { class: "overloaded" } });
    expect(set.server.asked.length).toBe(5);
    await expectGoesOn(set);
  });

  it.each([
    ["before the first byte", () => {}],
    ["in mid-text", saysAndStalls(half)],
  ] as const)("an interruption %s closes the connection", async (_name, answer) => {
    const watchdog = { firstEventMs: 60_000, betweenEventsMs: 60_000 };
    await using set = await setWire(wire, [answer, done], { watchdog });
    const { stage, server } = set;
    const turn = stage.turn("Hi");
    await expect.poll(() => server.open).toBe(1);
    await stage.holdfast.sessions.interrupt({ sessionId: stage.sessionId });
    expect(await turn).toMatchObject({ status: "interrupted" });
    await expect.poll(() => server.open).toBe(0);
    await expectGoesOn(set);
  });

  it("the last step of an activity advertises the tools, and allows none", async () => {
    const again = says(called("a", "act", `{"n":1}`), ended("tool-calls"));
    await using set = await setWire(wire, [again, done], { agents: { default: { steps: 2 } } });
    expect(await set.stage.turn("Hi")).toMatchObject({ status: "completed" });
    const [first, last] = set.server.asked.map(({ body }) => body);
    expect(JSON.stringify(first?.["tools"])).toContain("act");
    expect(last?.["tools"]).toEqual(first?.["tools"]);
    expect(JSON.stringify(last?.["tool_choice"])).toContain("none");
    await expectGoesOn(set);
  });
});
