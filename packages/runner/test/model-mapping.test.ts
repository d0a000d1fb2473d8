import { join } from "node:path";

import { defineTool } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { cut, reasoning, scriptedModel, text, toolCall, wait } from "@holdfast/testkit";
import { array, assert, constantFrom, oneof, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { shownTokens } from "../src/model/shown-tokens.ts";
import { toPromptMessages } from "../src/model/to-prompt.ts";
import { dataOf, logOf, makeFolder, openRuntime, setStage, untilEvent } from "./stage.ts";

import type { AssistantMessage, BlockPart, CallPart, ModelRef, UserMessage } from "@holdfast/core";
import type { ScriptStep } from "@holdfast/testkit";

const never = new Promise<never>(() => {});
const model: ModelRef = { provider: "acme", id: "one" };

const answer = (content: AssistantMessage["content"], more: Partial<AssistantMessage> = {}): AssistantMessage => ({
  role: "assistant",
  messageId: "msg_a" as AssistantMessage["messageId"],
  stepId: "stp_a" as AssistantMessage["stepId"],
  seq: 3,
  agent: "default",
  model,
  status: "finished",
  content,
  ...more,
});

const call = (index: number, more: Partial<CallPart> = {}): CallPart => ({
  type: "call",
  position: index,
  callId: `cal_${index}` as CallPart["callId"],
  providerCallId: "same",
  name: "look",
  input: "{}",
  state: "settled",
  ...more,
});

const block = (type: BlockPart["type"], more: Partial<BlockPart> = {}): BlockPart => ({
  type,
  position: 0,
  text: "I think.",
  providerMetadata: { acme: { signature: "s" } },
  ...more,
});

describe("toPromptMessages", () => {
  const outcome = constantFrom(
    undefined,
    { status: "completed", content: "done" } as const,
    { status: "failed", kind: "defect", content: "broke" } as const,
    { status: "stopped", reason: "cancelled", content: "not run" } as const,
  );
  const parts = array(
    oneof(
      record({ state: constantFrom("called", "begun", "settled"), outcome, input: string() }),
      record({
        type: constantFrom("text", "reasoning"),
        text: string(),
        cut: constantFrom(true, undefined),
      }),
    ),
    { maxLength: 8 },
  );
  const status = constantFrom("open", "finished", "cut", "error");

  it("pairs every call with exactly one result, right after it, however the message was left", () => {
    assert(
      property(parts, status, (drafts, left) => {
        const content = drafts.map((draft, index) =>
          "state" in draft
            ? call(index, draft as Partial<CallPart>)
            : block("text", { ...draft, position: index } as never),
        );
        const messages = toPromptMessages(answer(content, { status: left as "open" }), model);
        const ids = (role: string, type: string) =>
          messages.flatMap((message) =>
            message.role === role && Array.isArray(message.content)
              ? message.content.flatMap((part) => (part.type === type && "toolCallId" in part ? [part.toolCallId] : []))
              : [],
          );
        const asked = content.flatMap((part) => (part.type === "call" ? [part.callId] : []));
        expect(ids("assistant", "tool-call")).toEqual(asked);
        expect(ids("tool", "tool-result")).toEqual(asked);
        expect(messages.map(({ role }) => role)).toEqual(
          ["assistant", "tool"].slice(0, asked.length > 0 ? 2 : messages.length),
        );
      }),
    );
  });

  it("shows what became of a call: its content, an error's text, or that it was interrupted", () => {
    const content = [
      call(0, { outcome: { status: "completed", content: "done" } }),
      call(1, { outcome: { status: "stopped", reason: "denied-by-policy", content: "not allowed" } }),
      call(2, { state: "begun" }),
    ];
    const [, results] = toPromptMessages(answer(content, { status: "cut" }), model);
    expect(results?.content).toMatchObject([
      { output: { type: "text", value: "done" } },
      { output: { type: "error-text", value: "not allowed" } },
      { output: { type: "error-text", value: "The call was interrupted before it had an outcome." } },
    ]);
  });

  it.each([
    ["[1]", { invalidInput: "[1]" }],
    ['{"half', { invalidInput: '{"half' }],
    ["", {}],
    ['{"a":1}', { a: 1 }],
  ])("an input that the model wrote as %j is shown as an object", (input, shown) => {
    expect(toPromptMessages(answer([call(0, { input })]), model)[0]?.content).toMatchObject([{ input: shown }]);
  });

  it.each([
    ["the same model", model, [{ type: "reasoning", text: "I think.", providerOptions: { acme: { signature: "s" } } }]],
    ["another model of the provider", { ...model, id: "two" }, [{ type: "text", text: "I think." }]],
    ["the same name at another provider", { ...model, provider: "other" }, [{ type: "text", text: "I think." }]],
    ["the same name without a provider", { id: "one" }, [{ type: "text", text: "I think." }]],
  ])("reasoning is shown to %s as what it may be there", (_name, to, content) => {
    expect(toPromptMessages(answer([block("reasoning")]), to)).toEqual([{ role: "assistant", content }]);
  });

  it("cut reasoning and empty blocks are not shown, and cut text is", () => {
    const content = [
      block("reasoning", { cut: true }),
      block("text", { text: "" }),
      block("text", { cut: true, text: "Half" }),
    ];
    expect(toPromptMessages(answer(content), model)).toMatchObject([{ content: [{ type: "text", text: "Half" }] }]);
    expect(toPromptMessages(answer([block("reasoning", { cut: true })]), model)).toEqual([]);
  });
});

const look = defineTool({
  name: "look",
  description: "Looks.",
  input: z.object({ at: z.string().optional() }),
  output: z.string(),
  execute: ({ at }) => `saw ${at}`,
});

it("on the last step of an activity tools are advertised and may not be called", async () => {
  const scripted = scriptedModel([[toolCall("look", {})], [toolCall("look", {})], [text("Done.")]]);
  await using stage = await setStage({ tools: [look], model: scripted, agents: { default: { steps: 3 } } });
  expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
  expect(scripted.requests.map(({ toolChoice, tools }) => [toolChoice, tools?.length])).toEqual([
    [{ type: "auto" }, 1],
    [{ type: "auto" }, 1],
    [{ type: "none" }, 1],
  ]);
});

describe("a request that is built again after a restart", () => {
  const turns: readonly ScriptStep[] = [
    [
      reasoning("Let me see."),
      text("I look."),
      toolCall("look", { at: "a" }),
      toolCall("look", "[1]"),
      toolCall("none", {}),
    ],
    [text("Seen.")],
    [text("Half", { open: true }), cut()],
    [text("Well.")],
  ];

  /** A session with a history of all kinds, whose last request was made and never answered. */
  const interruptedIn = async (path: string, directory: string) => {
    const first = scriptedModel([...turns, [wait(never)]]);
    await using holdfast = await openRuntime(await openSqliteStore({ path }), { tools: [look], model: first });
    const { id: sessionId } = await holdfast.sessions.create({ location: { directory } });
    for (const said of ["Look", "And then? 😀", "So?"]) {
      await holdfast.sessions.prompt({ sessionId, text: said });
      await holdfast.sessions.wait({ sessionId });
    }
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Last" });
    for await (const item of holdfast.sessions.events({ sessionId, after: cursor }))
      if (item.kind === "event" && item.event.type === "attempt.started") break;
    await expect.poll(() => first.calls).toBe(5);
    return { sessionId, request: first.requests.at(-1) };
  };

  it("shows the model the same bytes, and has the hash that was recorded", async () => {
    await using folder = await makeFolder();
    const path = join(folder.path, "sessions.db");
    const { sessionId, request } = await interruptedIn(path, folder.path);
    const second = scriptedModel([[text("Here.")]]);
    await using holdfast = await openRuntime(await openSqliteStore({ path }), { tools: [look], model: second });
    await holdfast.sessions.resume({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const again = second.requests[0];
    expect(JSON.stringify(again?.prompt)).toBe(JSON.stringify(request?.prompt));
    expect(JSON.stringify([again?.tools, again?.toolChoice])).toBe(
      JSON.stringify([request?.tools, request?.toolChoice]),
    );
    const [before, after] = dataOf(await logOf(holdfast, sessionId), "attempt.started").slice(-2);
    expect(after?.requestHash).toBe(before?.requestHash);
    expect(after?.tools).toEqual(before?.tools);
  });

  it("has another hash where the tools are others", async () => {
    await using folder = await makeFolder();
    const path = join(folder.path, "sessions.db");
    const { sessionId } = await interruptedIn(path, folder.path);
    const changed = defineTool({ ...look, description: "Looks closely." });
    await using holdfast = await openRuntime(await openSqliteStore({ path }), {
      tools: [changed],
      model: [[text("Here.")]],
    });
    await holdfast.sessions.resume({ sessionId });
    await untilEvent(holdfast, sessionId, "execution.recovered");
    await holdfast.sessions.wait({ sessionId });
    const [before, after] = dataOf(await logOf(holdfast, sessionId), "attempt.started").slice(-2);
    expect(after?.requestHash).not.toBe(before?.requestHash);
  });
});

describe("shownTokens", () => {
  it("counts an image only for a model that is shown it", () => {
    const message: UserMessage = {
      role: "user",
      messageId: "msg_u" as UserMessage["messageId"],
      seq: 1,
      text: "Look",
      delivery: "steer",
      files: [{ mediaType: "image/png", name: "plan.png", data: "x".repeat(100_000) }],
    };
    for (const media of [undefined, ["image/*"]])
      expect(shownTokens(message, { ref: model, media })).toBeGreaterThan(1_500);
    expect(shownTokens(message, { ref: model, media: [] })).toBeLessThan(100);
  });
});
