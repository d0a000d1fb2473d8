import { createGate, createMemoryStore, scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { defineTool } from "@holdfast/core/tool";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { ExecuteContext, SalvageContext, Tool } from "@holdfast/core/tool";
import type { CallOutcome } from "@holdfast/core/event";
import type { Stage } from "./stage.ts";

const encoder = new TextEncoder();
const never = new Promise<never>(() => {});

const tool = (
  execute: (ctx: ExecuteContext) => Promise<string>,
  salvage?: (ctx: SalvageContext) => Promise<string> | string,
): Tool =>
  defineTool({
    name: "act",
    description: "Gives much.",
    input: z.object({}),
    output: z.string(),
    prepare: () => ({ target: "a file" }),
    execute: (_input, ctx) => execute(ctx),
    ...(salvage === undefined ? {} : { salvage }),
  });

const model = () =>
  scriptedModel((prompt) =>
    toolResultsOfTurn(prompt).length > 0 || prompt.length > 1 ? [text("Done.")] : [toolCall("act", {})],
  );

const wholeOf = async ({ store }: Stage, outcome: CallOutcome | undefined): Promise<string | undefined> => {
  const [sessionId, callId, attempt] = outcome?.output?.slice("tool-output://".length).split("/") ?? [];
  const page = await store.readOutput({ sessionId, callId, attempt: Number(attempt) } as never, {
    offset: 0,
    limit: 1_000_000,
  });
  return page === null ? undefined : new TextDecoder().decode(page.bytes);
};

const keepsAll = async ({ outputs }: ExecuteContext): Promise<string> => {
  const reference = await outputs.keep(encoder.encode("the whole"));
  return `${"line\n".repeat(5_000)}see ${reference}`;
};

const keepsHalf =
  (started: () => void) =>
  async ({ outputs, signal }: ExecuteContext): Promise<string> => {
    started();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await outputs.keep(encoder.encode("half of it"));
    signal.throwIfAborted();
    return "unreached";
  };

describe("what a tool keeps of its call", () => {
  it("is what the outcome refers to, and the text that is shown is not kept beside it", async () => {
    await using stage = await setStage({ tools: [tool(keepsAll)], model: model() });
    await stage.turn("Go");
    const [settled] = dataOf(await stage.log(), "tool.settled");
    expect(settled?.outcome).toMatchObject({ status: "completed" });
    expect(settled?.outcome.content).toContain(`The whole: ${settled?.outcome.output}`);
    expect(settled?.outcome.content).toContain(`see ${settled?.outcome.output}`);
    expect(await wholeOf(stage, settled?.outcome)).toBe("the whole");
  });

  it("stays where the call is interrupted, and the model is told of it", async () => {
    const started = createGate();
    await using stage = await setStage({ tools: [tool(keepsHalf(() => started.open()))], model: model() });
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
    await started.opened;
    await stage.holdfast.sessions.interrupt({ sessionId: stage.sessionId });
    await stage.holdfast.sessions.wait({ sessionId: stage.sessionId });
    const [settled] = dataOf(await stage.log(), "tool.settled");
    expect(settled?.outcome).toMatchObject({ status: "stopped", reason: "cancelled" });
    expect(settled?.outcome.content).toContain(`What it had given until then: ${settled?.outcome.output}`);
    expect(await wholeOf(stage, settled?.outcome)).toBe("half of it");
    await expectSound(stage.store, stage.sessionId);
  });
});

type Salvage = (ctx: SalvageContext) => Promise<string> | string;

/** A call that is left open by a runtime that is gone. */
const leftOpen = async (): Promise<Stage> => {
  const started = createGate();
  const executes = () => {
    started.open();
    return never;
  };
  const first = await setStage({
    store: shared(createMemoryStore()),
    tools: [tool(executes)],
    model: model(),
    limits: { graceMs: 1 },
  });
  await first.holdfast.sessions.prompt({ sessionId: first.sessionId, text: "Go" });
  await started.opened;
  await first.holdfast[Symbol.asyncDispose]();
  return first;
};

/** It is taken up by another runtime, whose tool has something to say of it. */
const takeUp = async (first: Stage, salvage: Salvage) => {
  const holdfast = await openRuntime(first.store, { tools: [tool(() => never, salvage)], model: model() });
  await holdfast.sessions.resume({ sessionId: first.sessionId });
  await holdfast.sessions.wait({ sessionId: first.sessionId });
  const events = await logOf(holdfast, first.sessionId);
  await expectSound(first.store, first.sessionId);
  await holdfast[Symbol.asyncDispose]();
  return { first, types: events.map(({ type }) => type), outcome: dataOf(events, "tool.settled")[0]?.outcome };
};

const recover = async (salvage: Salvage) => takeUp(await leftOpen(), salvage);

describe("a call that had begun in a process that is gone", () => {
  it("settles as unknown, with what its tool still says and keeps of it, after the receipt", async () => {
    const effects: unknown[] = [];
    const { first, types, outcome } = await recover(async ({ effect, outputs }) => {
      effects.push(effect);
      await outputs.keep(encoder.encode("so far"));
      return "It had written: so far";
    });
    expect(effects).toEqual([{ target: "a file" }]);
    expect(outcome).toMatchObject({ status: "stopped", reason: "unknown-outcome" });
    expect(outcome?.content).toContain("The process that ran it ended.\nIt had written: so far");
    expect(await wholeOf(first, outcome)).toBe("so far");
    expect(types.indexOf("execution.recovered")).toBeLessThan(types.indexOf("tool.settled"));
    await first[Symbol.asyncDispose]();
  });

  it("settles as unknown all the same where its tool fails", async () => {
    const { first, outcome } = await recover(() => {
      throw new Error("no luck");
    });
    expect(outcome).toMatchObject({ status: "stopped", reason: "unknown-outcome" });
    expect(outcome?.content).toContain("The process that ran it ended.");
    await first[Symbol.asyncDispose]();
  });

  it("stays open where the runtime closes before its tool has said anything, for whoever takes it next", async () => {
    const first = await leftOpen();
    const asked = Promise.withResolvers<void>();
    const closing = await openRuntime(first.store, {
      tools: [
        tool(
          () => never,
          () => {
            asked.resolve();
            return never;
          },
        ),
      ],
      model: model(),
    });
    await closing.sessions.resume({ sessionId: first.sessionId });
    await asked.promise;
    await closing[Symbol.asyncDispose]();
    expect((await first.store.rows(first.sessionId)).call).toMatchObject([{ state: "begun", settledSeq: null }]);
    const { outcome } = await takeUp(first, () => "It had written: so far");
    expect(outcome?.content).toContain("It had written: so far");
    await first[Symbol.asyncDispose]();
  });
});
