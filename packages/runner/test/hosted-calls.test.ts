import { defineTool } from "@holdfast/core/tool";
import { createMemoryStore, lastUserText, part, reset, scriptedModel, text, toolCall } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { leaveLog } from "./left-log.ts";
import { collect, dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { Cue, ScriptStep } from "@holdfast/testkit";

const search = (id = "srv_1"): Cue =>
  part({
    type: "tool-call",
    toolCallId: id,
    toolName: "web_search",
    input: '{"query":"tides"}',
    providerExecuted: true,
    providerMetadata: { p: { of: "call" } },
  });
const found = (result: object | string, more: object = {}): Cue =>
  part({ type: "tool-result", toolCallId: "srv_1", toolName: "web_search", result, ...more } as never);
const metadata = { providerMetadata: { p: { of: "result" } } };
const pages = [{ url: "https://example.com", encrypted: "gAAA" }];

/** A tool of ours with the name that the provider's has: it must never run for it. */
const runs: string[] = [];
const ours = defineTool({
  name: "web_search",
  description: "Ours.",
  input: z.looseObject({}),
  output: z.string(),
  execute: () => `run ${runs.push("ours")}`,
});

/** Answers the first prompt so, and any other with a word. */
const model = (...first: ScriptStep) =>
  scriptedModel((prompt) => (lastUserText(prompt) === "Go" ? [...first] : [text("Yes.")]));

describe("a call that the provider ran", () => {
  it("is settled with the provider's own result and metadata, apart from the call's, and never runs here", async () => {
    const script = model(search(), found(pages, metadata), text("High at noon."));
    await using stage = await setStage({ tools: [ours], model: script });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(dataOf(log, "tool.called")).toMatchObject([
      { providerCallId: "srv_1", providerExecuted: true, providerMetadata: { p: { of: "call" } } },
    ]);
    expect(dataOf(log, "tool.settled")).toMatchObject([
      {
        outcome: { status: "completed", structured: pages },
        hosted: {
          result: '[{"encrypted":"gAAA","url":"https://example.com"}]',
          providerMetadata: { p: { of: "result" } },
        },
      },
    ]);
    expect(dataOf(log, "tool.begun")).toEqual([]);
    // The model has seen it: it is not asked again.
    expect(script.calls).toBe(1);
    expect(runs).toEqual([]);
    await expectSound(stage.store, stage.sessionId);
  });

  it("is shown whole to the same model again where its result is kept as a blob, and to whoever follows the log", async () => {
    const script = model(search(), found("x".repeat(300_000), metadata), text("High at noon."));
    await using stage = await setStage({ model: script });
    const { sessions } = stage.holdfast;
    const { cursor } = await sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
    const items = await collect(sessions.events({ sessionId: stage.sessionId, after: cursor, until: "idle" }));
    const events = items.flatMap((item) => (item.kind === "event" ? [item.event] : []));
    expect(dataOf(events, "tool.settled")[0]?.hosted?.result).toContain("x".repeat(300_000));
    expect(await stage.turn("Sure?")).toMatchObject({ status: "completed" });
    expect(JSON.stringify(script.requests[1]?.prompt)).toContain("x".repeat(300_000));
  });

  it("is shown to the same model again in its own form, under its own ID, before what the model said of it", async () => {
    const script = model(search(), found(pages, metadata), text("High at noon."));
    await using stage = await setStage({ model: script });
    await stage.turn("Go");
    await stage.turn("Sure?");
    const call = { toolCallId: "srv_1", toolName: "web_search" };
    expect(script.requests[1]?.prompt[1]).toEqual({
      role: "assistant",
      content: [
        {
          type: "tool-call",
          ...call,
          input: { query: "tides" },
          providerExecuted: true,
          providerOptions: { p: { of: "call" } },
        },
        {
          type: "tool-result",
          ...call,
          output: { type: "json", value: pages },
          providerOptions: { p: { of: "result" } },
        },
        { type: "text", text: "High at noon." },
      ],
    });
    expect(script.requests[1]?.prompt.filter(({ role }) => role === "tool")).toEqual([]);
  });

  it("is shown to another model as a call and its result like any other, without what is the provider's", async () => {
    const store = shared(createMemoryStore());
    const script = model(search(), found(pages, metadata), text("High at noon."));
    await using stage = await setStage({ store, model: script, defaultModel: { id: "one" } });
    await stage.turn("Go");
    const other = scriptedModel([[text("Yes.")]]);
    await using second = await openRuntime(store, { model: other, defaultModel: { id: "two" } });
    const { sessionId } = stage;
    const { cursor } = await second.sessions.prompt({ sessionId, text: "Sure?" });
    await second.sessions.wait({ sessionId, after: cursor });
    const prompt = other.requests[0]?.prompt ?? [];
    expect(prompt.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "user"]);
    const shown = JSON.stringify(prompt);
    expect(shown).toContain("https://example.com");
    expect(shown).not.toMatch(/providerExecuted|srv_1|"of"/);
  });

  it("that failed there is a failure here, and is shown to it as one", async () => {
    const script = model(search(), found("quota used up", { isError: true }), text("No luck."));
    await using stage = await setStage({ model: script });
    await stage.turn("Go");
    await stage.turn("Sure?");
    expect(dataOf(await stage.log(), "tool.settled")).toMatchObject([
      { outcome: { status: "failed", kind: "tool-failure", content: "quota used up" }, hosted: { isError: true } },
    ]);
    expect(script.requests[1]?.prompt[1]?.content).toMatchObject([
      { type: "tool-call" },
      { type: "tool-result", output: { type: "error-text", value: "quota used up" } },
      { type: "text" },
    ]);
  });

  it("with a result over 256 KiB is kept whole, and shown whole to its provider", async () => {
    const long = { text: "tide ".repeat(60_000) };
    const script = model(search(), found(long), text("Read."));
    await using stage = await setStage({ model: script });
    await stage.turn("Go");
    await stage.turn("Sure?");
    const [settled] = dataOf(await stage.log(), "tool.settled");
    expect(settled?.outcome.content.length).toBeLessThan(60_000);
    expect(script.requests[1]?.prompt[1]?.content).toMatchObject([{}, { output: { value: long } }, {}]);
    await expectSound(stage.store, stage.sessionId);
  });

  it.each<[string, ScriptStep, object]>([
    ["only a preliminary result", [search(), found(pages, { preliminary: true })], { reason: "infrastructure" }],
    ["a result for another call", [search("srv_2"), found(pages)], { reason: "infrastructure" }],
    ["a result that is no JSON", [search(), found({ big: 1n })], { reason: "infrastructure" }],
    ["two results, of which the first counts", [search(), found("one"), found("two")], { content: "one" }],
  ])("that has %s is settled once, and the turn ends well", async (_what, cues, outcome) => {
    const script = scriptedModel((_prompt, index) => (index === 0 ? [...cues] : [text("I see.")]));
    await using stage = await setStage({ model: script });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "tool.settled")).toMatchObject([{ outcome }]);
    // What has no result is shown to the model as that.
    expect(script.calls).toBe("reason" in outcome ? 2 : 1);
    await expectSound(stage.store, stage.sessionId);
  });

  it("runs beside calls of ours, whose results the model still has to see", async () => {
    const look = defineTool({
      name: "look",
      description: "",
      input: z.object({}),
      output: z.string(),
      execute: () => "seen",
    });
    const script = scriptedModel((_prompt, index) =>
      index === 0 ? [search(), found(pages), toolCall("look", {})] : [text("Both.")],
    );
    await using stage = await setStage({ tools: [look], model: script });
    await stage.turn("Go");
    expect(script.calls).toBe(2);
    expect(script.requests[1]?.prompt.slice(1)).toMatchObject([
      { role: "assistant", content: [{ providerExecuted: true }, { type: "tool-result" }, { toolName: "look" }] },
      { role: "tool", content: [{ toolName: "look" }] },
    ]);
  });

  it("keeps its result where the stream breaks right after it", async () => {
    const script = scriptedModel((_prompt, index) =>
      index === 0 ? [search(), found(pages), text("High a", { open: true }), reset()] : [text("t noon.")],
    );
    await using stage = await setStage({ model: script, retries: { limit: 1, firstMs: 1 } });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "tool.settled")).toMatchObject([{ outcome: { status: "completed" } }]);
    expect(script.requests[1]?.prompt[1]?.content).toMatchObject([
      { providerExecuted: true },
      { type: "tool-result" },
      {},
    ]);
    await expectSound(stage.store, stage.sessionId);
  });
});

it("hosted calls that were never answered settle as infrastructure after a crash, and do not run here", async () => {
  await using left = await leaveLog({
    events: (drafts) =>
      [
        drafts.promoted(),
        drafts.stepStarted(),
        drafts.attemptStarted(),
        { ...drafts.called({ position: 0, name: "web_search" }) },
      ].map((draft) => {
        if (draft.type !== "tool.called") return draft;
        const { definition: _none, ...data } = draft.data as { readonly definition?: string };
        return { ...draft, data: { ...data, providerExecuted: true } } as typeof draft;
      }),
  });
  const { store, drafts } = left;
  const { sessionId } = drafts;
  await using holdfast = await openRuntime(store, { tools: [ours], model: [[text("Done.")]] });
  await holdfast.sessions.resume({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  const log = await logOf(holdfast, sessionId);
  expect(dataOf(log, "execution.recovered")).toMatchObject([{ calls: [{ verdict: "unanswered" }] }]);
  expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { reason: "infrastructure" } }]);
  expect(runs).toEqual([]);
  await expectSound(store, sessionId);
});
