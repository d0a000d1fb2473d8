import { defineTool } from "@holdfast/core/tool";
import { createGate, createMemoryStore, lastUserText, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { allowAll, dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { AgentDefinition } from "@holdfast/runner";
import type { Script } from "@holdfast/testkit";

type Play = Extract<Script, (...args: never) => unknown>;

const denyAct = { action: "act", resource: "*", effect: "deny" } as const;

const agents: { readonly [name: string]: AgentDefinition } = {
  careful: { instructions: "Be careful.", rules: [denyAct] },
  free: { instructions: "Be free.", rules: allowAll },
  quick: { steps: 2 },
};

/** Calls `act` as often as is said, the first call waiting at a gate, and then answers. */
const acting = (calls: number) => {
  const [begun, gate] = [createGate(), createGate()];
  const ran: string[] = [];
  const act = defineTool({
    name: "act",
    description: "Acts.",
    input: z.object({}),
    output: z.string(),
    execute: async (_input, { agent }) => {
      ran.push(agent);
      begun.open();
      await gate.opened;
      return "acted";
    },
  });
  const model: Play = (prompt) =>
    toolResultsOfTurn(prompt).length < calls && lastUserText(prompt) === "Go" ? [toolCall("act", {})] : [text("Done.")];
  return { act, begun, gate, ran, model };
};

const outcomesOf = async (stage: Awaited<ReturnType<typeof setStage>>) =>
  dataOf(await stage.log(), "tool.settled").map(({ outcome }) =>
    outcome.status === "stopped" ? outcome.reason : outcome.status,
  );

describe("another agent that a running execution is given", () => {
  it.each(["this runtime", "another runtime"])(
    "by %s works from the next step on, and its denies bind the execution from then on, whoever works later",
    async (where) => {
      const { act, begun, gate, ran, model } = acting(3);
      const store = createMemoryStore();
      await using stage = await setStage({ store: shared(store), agents, tools: [act], model });
      await using other = await openRuntime(shared(store), { agents });
      const { holdfast, sessionId } = stage;
      const updater = where === "this runtime" ? holdfast : other;
      const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
      await begun.opened;
      await updater.sessions.update({ sessionId, agent: "careful" });
      gate.open();
      expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
      expect(ran).toEqual(["default"]);
      expect(await outcomesOf(stage)).toEqual(["completed", "denied-by-policy", "denied-by-policy"]);
      expect(dataOf(await stage.log(), "step.started")).toMatchObject([
        { index: 1, agent: "default" },
        { index: 2, agent: "careful", denies: [[denyAct]] },
        { index: 3, agent: "careful" },
        { index: 4, agent: "careful" },
      ]);
      // Only where they are more than before.
      expect(dataOf(await stage.log(), "step.started").filter((data) => "denies" in data)).toHaveLength(1);
      await expectSound(store, sessionId);
    },
  );

  it("lifts no deny of the one before, and a new execution is bound by its own agent alone", async () => {
    const { act, ran, gate, model } = acting(2);
    const started = createGate();
    const held = defineTool({ ...act, name: "hold", execute: async () => (started.open(), await gate.opened, "held") });
    const script: Script = (prompt, call) =>
      toolResultsOfTurn(prompt).length === 0 && lastUserText(prompt) === "Go"
        ? [toolCall("hold", {})]
        : model(prompt, call);
    await using stage = await setStage({ agents, tools: [act, held], model: script });
    const { holdfast, sessionId } = stage;
    await holdfast.sessions.update({ sessionId, agent: "careful" });
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
    await started.opened;
    await holdfast.sessions.update({ sessionId, agent: "free" });
    gate.open();
    await holdfast.sessions.wait({ sessionId, after: cursor });
    expect(ran).toEqual([]);
    expect(await outcomesOf(stage)).toEqual(["completed", "denied-by-policy"]);
    await stage.turn("Go");
    expect(ran).toEqual(["free"]);
  });

  it("brings its instructions and its step limit", async () => {
    const { act, begun, gate, model } = acting(3);
    const systems: unknown[] = [];
    const script: Script = (prompt, call) => {
      systems.push(prompt[0]?.role === "system" ? prompt[0].content : undefined);
      return model(prompt, call);
    };
    await using stage = await setStage({ agents, tools: [act], model: script });
    const { holdfast, sessionId } = stage;
    await holdfast.sessions.update({ sessionId, agent: "free" });
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
    await begun.opened;
    expect((await holdfast.sessions.context({ sessionId })).instructions).toBe("Be free.");
    await holdfast.sessions.update({ sessionId, agent: "quick" });
    expect(await holdfast.sessions.context({ sessionId })).toMatchObject({ agent: "quick", callable: false });
    gate.open();
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "budget" });
    expect(systems).toEqual(["Be free.", undefined]);
  });

  it("that this runtime does not know denies everything", async () => {
    const { act, begun, gate, ran, model } = acting(2);
    await using stage = await setStage({ agents, tools: [act], model });
    const { holdfast, sessionId } = stage;
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
    await begun.opened;
    await holdfast.sessions.update({ sessionId, agent: "nobody" });
    gate.open();
    await holdfast.sessions.wait({ sessionId, after: cursor });
    expect(ran).toHaveLength(1);
    expect(await outcomesOf(stage)).toEqual(["completed", "denied-by-policy"]);
  });
});

it("a model that cannot be had any more when the next step starts ends the execution as failed, and says why", async () => {
  const { act, begun, gate, model } = acting(2);
  const store = createMemoryStore();
  await using stage = await setStage({ store: shared(store), tools: [act], model });
  await using other = await openRuntime(shared(store));
  const { holdfast, sessionId } = stage;
  const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
  await begun.opened;
  // Another runtime's host knows models that this one does not.
  const draft = { id: "evt_foreign" as never, type: "session.updated", version: 1, time: 1 } as const;
  await store.commit({ sessionId, events: [{ ...draft, data: { model: { id: "unknown" } } }] });
  gate.open();
  expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({
    status: "failed",
    failure: { class: "model-unavailable" },
  });
  await expectSound(store, sessionId);
  await other.sessions.update({ sessionId, model: null });
  expect(await stage.turn("again")).toMatchObject({ status: "completed" });
});

describe("a child", () => {
  it("and its child are bound by what denies the agents of their ancestors", async () => {
    const { act, model } = acting(1);
    await using stage = await setStage({ agents, tools: [act], model });
    const { holdfast, directory } = stage;
    const { sessions } = holdfast;
    const location = { directory };
    const parent = await sessions.create({ location, agent: "careful" });
    const child = await sessions.create({ location, parentId: parent.id, agent: "free" });
    const grandchild = await sessions.create({ location, parentId: child.id, agent: "free" });
    for (const { id } of [child, grandchild]) {
      expect(dataOf(await logOf(holdfast, id), "session.created")).toMatchObject([{ denies: [[denyAct]] }]);
      const { cursor } = await sessions.prompt({ sessionId: id, text: "Go" });
      await sessions.wait({ sessionId: id, after: cursor });
      const [settled] = dataOf(await logOf(holdfast, id), "tool.settled");
      expect(settled?.outcome).toMatchObject({ status: "stopped", reason: "denied-by-policy" });
    }
  });

  it("that is created while its parent works is bound by what bound that work before, too", async () => {
    const [begun, gate] = [createGate(), createGate()];
    const hold = defineTool({
      name: "hold",
      description: "Waits.",
      input: z.object({}),
      output: z.string(),
      execute: async () => (begun.open(), await gate.opened, "held"),
    });
    await using stage = await setStage({
      agents,
      tools: [hold],
      model: (prompt) => (toolResultsOfTurn(prompt).length === 0 ? [toolCall("hold", {})] : [text("Done.")]),
    });
    const { holdfast, sessionId, directory } = stage;
    await holdfast.sessions.update({ sessionId, agent: "careful" });
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
    await begun.opened;
    await holdfast.sessions.update({ sessionId, agent: "free" });
    const child = await holdfast.sessions.create({ location: { directory }, parentId: sessionId, agent: "free" });
    expect(dataOf(await logOf(holdfast, child.id), "session.created")).toMatchObject([{ denies: [[denyAct]] }]);
    gate.open();
    await holdfast.sessions.wait({ sessionId, after: cursor });
    const later = await holdfast.sessions.create({ location: { directory }, parentId: sessionId, agent: "free" });
    expect(dataOf(await logOf(holdfast, later.id), "session.created")).toMatchObject([{ denies: [] }]);
  });
});
