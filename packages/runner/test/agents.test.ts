import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
import {
  createGate,
  createMemoryStore,
  lastUserText,
  scriptedModel,
  text,
  toolCall,
  toolResultsOfTurn,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { allowAll, dataOf, logOf, makeFolder, setStage, shared, untilItem } from "./stage.ts";

import type { Holdfast, ModelRef, Prompt, Rule } from "@holdfast/core";
import type { DurableEvent } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { Tool } from "@holdfast/core/tool";
import type { RuntimeOptions } from "@holdfast/runner";
import type { Stage } from "./stage.ts";

const never = new Promise<never>(() => {});
const deny = (action: string): Rule => ({ action, resource: "*", effect: "deny" });

const tool = (name: string, execute: () => Promise<string> | string = () => `did ${name}`): Tool =>
  defineTool({ name, description: `The tool ${name}.`, input: z.object({}), output: z.string(), execute });

const [big, small]: readonly ModelRef[] = [{ id: "big" }, { provider: "acme", id: "small" }];

const agents = {
  default: { instructions: "You are the default." },
  planner: { instructions: "You plan.", rules: [deny("write")] },
  builder: { instructions: "You build.", model: big, rules: [deny("deploy")] },
  reader: { tools: ["read", "grep*"] },
};

/** A turn of a session with what its prompt asks for. */
const turn = async ({ holdfast, sessionId }: Stage, prompt: Omit<Prompt, "sessionId">) => {
  const { cursor } = await holdfast.sessions.prompt({ sessionId, ...prompt });
  return holdfast.sessions.wait({ sessionId, after: cursor });
};

/** Agent and model of each step. */
const settings = (log: readonly DurableEvent[]) =>
  dataOf(log, "step.started").map(({ agent, model }) => `${agent} ${model.id}`);

const callsOnce = (name: string) =>
  scriptedModel((prompt) => (toolResultsOfTurn(prompt).length === 0 ? [toolCall(name, {})] : [text("Done.")]));

describe("a prompt that names an agent, or a model", () => {
  it("is worked on with these to the end of its activity; the next one is the session's again", async () => {
    const model = callsOnce("look");
    await using stage = await setStage({ tools: [tool("look")], agents, model });
    await turn(stage, { text: "One", agent: "planner", model: small });
    await turn(stage, { text: "Two" });
    await turn(stage, { text: "Three", agent: "builder" });
    expect(settings(await stage.log())).toEqual([
      "planner small",
      "planner small",
      "default default",
      "default default",
      "builder big",
      "builder big",
    ]);
    const instructions = model.requests.map(({ prompt }) => prompt[0]?.content);
    expect(instructions.filter((_, index) => index % 2 === 0)).toEqual([
      "You plan.",
      "You are the default.",
      "You build.",
    ]);
    const { messages } = await stage.holdfast.sessions.messages({ sessionId: stage.sessionId });
    expect(messages[0]).toMatchObject({ role: "user", agent: "planner", model: small });
    await expectSound(stage.store, stage.sessionId);
  });

  it("may name a model where the session's own cannot be had", async () => {
    await using stage = await setStage({ model: [[text("Done.")]], defaultModel: { id: "unknown" } });
    expect(await turn(stage, { text: "One" })).toMatchObject({ status: "failed" });
    expect(await turn(stage, { text: "Two", model: small })).toMatchObject({ status: "completed" });
  });

  it("as a steer counts from the next step on, and of agent and model each is the latest that was named", async () => {
    const gate = createGate();
    const started = createGate();
    const slow = tool("slow", async () => {
      started.open();
      await gate.opened;
      return "waited";
    });
    const model = scriptedModel((prompt) =>
      lastUserText(prompt) === "One" && toolResultsOfTurn(prompt).length === 0
        ? [toolCall("slow", {})]
        : [text("Done.")],
    );
    await using stage = await setStage({ tools: [slow], agents, model });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    const { cursor } = await sessions.prompt({ sessionId, text: "One", agent: "planner", model: big });
    await started.opened;
    await sessions.prompt({ sessionId, text: "Steer", model: small });
    await sessions.prompt({ sessionId, text: "Queued", delivery: "queue" });
    gate.open();
    await sessions.wait({ sessionId, after: cursor });
    expect(settings(await stage.log())).toEqual(["planner big", "planner small", "default default"]);
  });

  it("asks in vain for an agent that nobody knows: it may do nothing", async () => {
    await using stage = await setStage({ tools: [tool("look")], agents, model: callsOnce("look") });
    await turn(stage, { text: "One", agent: "nobody" });
    const log = await stage.log();
    expect(dataOf(log, "tool.settled")[0]?.outcome).toMatchObject({ status: "stopped", reason: "denied-by-policy" });
    expect(settings(log)).toEqual(["nobody default", "nobody default"]);
  });
});

describe("an agent's denies", () => {
  it("are recorded with the execution that starts with it, and not those of the session's own agent", async () => {
    await using stage = await setStage({ agents, model: [[text("Done.")]], rules: [...allowAll, deny("secret")] });
    await turn(stage, { text: "One", agent: "builder" });
    const log = await stage.log();
    expect(dataOf(log, "execution.started")).toMatchObject([{ denies: [[deny("secret")], [deny("deploy")]] }]);
    expect(dataOf(log, "step.started")[0]).not.toHaveProperty("denies");
  });

  it("are added with the step that it comes with later, and bind the rest of the execution, whoever works then", async () => {
    const steering = tool("steer", async () => {
      const count = (await stage.holdfast.sessions.messages({ sessionId: stage.sessionId })).messages.length;
      const agent = count < 4 ? "builder" : "default";
      await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go on", agent });
      return "steered";
    });
    await using stage = await setStage({
      tools: [steering, tool("write"), tool("deploy")],
      agents,
      model: [
        [toolCall("steer", {})],
        [toolCall("steer", {})],
        [toolCall("write", {}), toolCall("deploy", {})],
        [text("Done.")],
      ],
    });
    await turn(stage, { text: "One", agent: "planner" });
    const log = await stage.log();
    expect(settings(log)).toEqual(["planner default", "builder big", "default default", "default default"]);
    expect(dataOf(log, "execution.started")).toMatchObject([{ denies: [[deny("write")]] }]);
    expect(dataOf(log, "step.started").map(({ denies }) => denies)).toEqual([
      undefined,
      [[deny("write")], [deny("deploy")]],
      undefined,
      undefined,
    ]);
    expect(
      dataOf(log, "tool.settled")
        .slice(2)
        .map(({ outcome }) => outcome.status),
    ).toEqual(["stopped", "stopped"]);
    // The next execution is free of them.
    const { execution } = (await stage.store.snapshot(stage.sessionId)) ?? {};
    expect(JSON.parse(execution?.denies ?? "")).toEqual([[deny("write")], [deny("deploy")]]);
    await expectSound(stage.store, stage.sessionId);
  });
});

describe("an agent's tools", () => {
  const all = [tool("read"), tool("grep_files"), tool("write")];

  it("are all that it is told of, by patterns; a call of another one is refused, and not begun", async () => {
    const model = callsOnce("write");
    await using stage = await setStage({ tools: all, agents, model });
    await turn(stage, { text: "One", agent: "reader" });
    expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(["read", "grep_files"]);
    const log = await stage.log();
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "stopped", reason: "unknown-tool" } }]);
    expect(dataOf(log, "tool.begun")).toEqual([]);
    await turn(stage, { text: "Two" });
    expect(model.requests.at(-1)?.tools).toHaveLength(3);
    expect(dataOf(await stage.log(), "tool.begun")).toHaveLength(1);
  });

  it("may be none", async () => {
    const model = scriptedModel([[text("Done.")]]);
    await using stage = await setStage({ tools: all, agents: { default: { tools: [] } }, model });
    await stage.turn("Go");
    expect(model.requests[0]).not.toHaveProperty("tools");
  });
});

const open = (store: Store, options: Partial<RuntimeOptions>, model: RuntimeOptions["model"]): Promise<Holdfast> =>
  createRuntime({
    store: shared(store),
    rules: allowAll,
    agents,
    retries: { limit: 0 },
    limits: { graceMs: 1 },
    ...options,
    model,
  });

describe("what an activity was asked to run with", () => {
  it("is kept where its process ends, in its first step or in a later one", async () => {
    await using folder = await makeFolder();
    for (const answers of [0, 1]) {
      const store = createMemoryStore();
      const stuck = scriptedModel((_prompt, index) => (index < answers ? [toolCall("absent", {})] : [wait(never)]));
      await using first = await open(store, {}, () => ({ model: stuck }));
      const { id: sessionId } = await first.sessions.create({ location: { directory: folder.path } });
      await first.sessions.prompt({ sessionId, text: "One", agent: "planner", model: small });
      let begun = 0;
      await untilItem(
        first,
        sessionId,
        (item) => item.kind === "event" && item.event.type === "attempt.started" && ++begun > answers,
      );
      await first[Symbol.asyncDispose]();
      const asked: string[] = [];
      const after = scriptedModel((prompt) =>
        toolResultsOfTurn(prompt).length < 2 ? [toolCall("absent", {})] : [text("Done.")],
      );
      await using next = await open(store, { defaultModel: big }, ({ id }) => {
        asked.push(id);
        return { model: after };
      });
      await next.sessions.resume({ sessionId });
      expect(await next.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
      const log = await logOf(next, sessionId);
      expect(new Set(settings(log))).toEqual(new Set(["planner small"]));
      expect(after.requests.map(({ prompt }) => prompt[0]?.content)).toEqual(after.requests.map(() => "You plan."));
      expect(dataOf(log, "execution.recovered")).toMatchObject([{ revalidated: { model: small } }]);
      expect(new Set(asked)).toEqual(new Set(["small"]));
      await expectSound(store, sessionId);
    }
  });
});
