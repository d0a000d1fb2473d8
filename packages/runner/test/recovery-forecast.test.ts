import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
import { admitPlan, scriptedModel, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { begunCall, leaveLog } from "./left-log.ts";
import { dataOf, logOf, openRuntime, untilEvent } from "./stage.ts";

import type { CallId } from "@holdfast/core";
import type { ReplayPolicy, Tool } from "@holdfast/core/tool";

const looks: string[] = [];
const acting = (replay: ReplayPolicy): Tool =>
  defineTool({
    name: replay,
    description: "Has an effect.",
    input: z.object({}),
    output: z.string(),
    replay,
    execute: () => "acted",
    ...(replay === "probe"
      ? { probe: () => ({ outcome: "partial" as const, detail: `${looks.push("a look")}` }) }
      : {}),
  });

const price = { input: 1_000_000, output: 1_000_000 };
const policies: readonly ReplayPolicy[] = ["never", "safe", "keyed", "probe"];

describe("recovery()", () => {
  it("tells what would be run again, what is unknown and what would be looked at, without looking", async () => {
    const tools = policies.map(acting);
    await using left = await leaveLog({
      events: (drafts) => {
        const [first, ...more] = tools;
        if (first === undefined) return [];
        return [
          ...begunCall(drafts, first),
          ...more.flatMap((tool, index) => {
            const callId = `cal_more${index}` as CallId;
            const [called, begun] = begunCall(drafts, tool, { callId }).filter(({ type }) => type.startsWith("tool."));
            if (called?.type !== "tool.called" || begun === undefined) return [];
            return [{ ...called, data: { ...called.data, callId, position: index + 1 } }, begun];
          }),
        ].toSorted((one, two) => order.indexOf(one.type) - order.indexOf(two.type));
      },
    });
    const { sessionId } = left.drafts;
    await using holdfast = await openRuntime(left.store, { tools });
    const info = await holdfast.sessions.recovery({ sessionId });
    expect(info).toMatchObject({
      status: "parked",
      calls: [
        { name: "never", state: "begun", verdict: "unknown" },
        { name: "safe", verdict: "repeat" },
        { name: "keyed", verdict: "repeat" },
        { name: "probe", verdict: "probe" },
      ],
      asksModel: true,
    });
    expect(looks).toEqual([]);
  });

  it("estimates the next request as it is charged when its process dies in it, inputs that wait included", async () => {
    await using left = await leaveLog({
      events: (drafts) => [
        drafts.promoted(),
        drafts.stepStarted(),
        drafts.attemptStarted(),
        drafts.text({ text: "Something. ".repeat(50) }),
        drafts.attemptEnded({ finish: "stop" }),
        drafts.stepEnded(),
      ],
    });
    const { store, drafts } = left;
    const { sessionId } = drafts;
    await using holdfast = await openRuntime(store, { model: [[text("Done.")]] });
    const estimate = async (): Promise<number> => {
      const info = await holdfast.sessions.recovery({ sessionId });
      return info.status === "parked" ? (info.estimate?.input ?? -1) : -1;
    };
    const before = await estimate();
    expect(before).toBeGreaterThan(130);
    await store.commit(admitPlan(drafts.turn(2), { text: "More. ".repeat(100) }));
    expect(await estimate()).toBeGreaterThan(before + 150);
  });

  it("gives the very estimate that the next attempt records, and its cost at the model's price", async () => {
    await using left = await leaveLog({
      text: "Tell me. ".repeat(40),
      events: (drafts) => [drafts.promoted(), drafts.stepStarted(), drafts.attemptStarted()],
    });
    const { sessionId } = left.drafts;
    const model = scriptedModel([[text("Done.")]]);
    await using holdfast = await createRuntime({ store: left.store, model: () => ({ model, price }) });
    const info = await holdfast.sessions.recovery({ sessionId });
    if (info.status !== "parked") throw new Error(`expected it to be parked, found ${info.status}`);
    expect(info.estimate?.input).toBeGreaterThan(90);
    expect(info.estimate?.cost).toBe(info.estimate?.input);
    expect(model.calls).toBe(0);
    await holdfast.sessions.resume({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const made = dataOf(await logOf(holdfast, sessionId), "attempt.started");
    expect(made.at(-1)?.estimate).toEqual(info.estimate);
  });

  it("under policy ask says what is asked, and what going on would do", async () => {
    const act = acting("never");
    await using left = await leaveLog({ events: (drafts) => begunCall(drafts, act) });
    const { sessionId } = left.drafts;
    await using holdfast = await openRuntime(left.store, { tools: [act], recovery: "ask", claims: { discoverMs: 20 } });
    await untilEvent(holdfast, sessionId, "ask.opened");
    expect(await holdfast.sessions.recovery({ sessionId })).toMatchObject({
      status: "asking",
      asks: [{ kind: "recovery" }],
      forecast: { calls: [{ verdict: "unknown" }], asksModel: true, estimate: { input: expect.any(Number) as number } },
    });
  });

  it("says what was open where the model cannot be had, and estimates nothing", async () => {
    const act = acting("never");
    await using left = await leaveLog({ events: (drafts) => begunCall(drafts, act) });
    const { sessionId } = left.drafts;
    await using holdfast = await createRuntime({ store: left.store, model: () => null });
    const info = await holdfast.sessions.recovery({ sessionId });
    expect(info).toMatchObject({ status: "parked", calls: [{ verdict: "unknown" }] });
    expect(info).not.toHaveProperty("estimate");
  });
});

// Calls are called while the attempt lives, and may begin after it.
const order = ["input.promoted", "step.started", "attempt.started", "tool.called", "attempt.ended", "tool.begun"];
