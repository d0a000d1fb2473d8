import { defineTool } from "@holdfast/core/tool";
import { scriptedModel, text, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { begunCall, definitionOf, leaveLog } from "./left-log.ts";
import { dataOf, logOf, openRuntime } from "./stage.ts";

import type { AskInfo, Holdfast } from "@holdfast/core";
import type { AskAnswer } from "@holdfast/core/event";
import type { ProbeResult, Tool } from "@holdfast/core/tool";
import type { StageOptions } from "./stage.ts";

const effect = { target: "a file" };

/** A tool that finds what it is told to find, and how often it looked and ran. */
const acting = (found: ProbeResult<string> = { outcome: "partial", detail: "One of two." }) => {
  const seen = { looks: 0, ran: [] as unknown[] };
  const act = defineTool({
    name: "act",
    description: "Has an effect.",
    input: z.object({}),
    output: z.string(),
    replay: "probe",
    prepare: () => ({ target: "another file" }),
    execute: (_input, ctx) => {
      seen.ran.push({ effect: ctx.effect, attempt: ctx.attempt });
      return "acted";
    },
    probe: () => {
      seen.looks += 1;
      return found;
    },
  });
  return { seen, act };
};

const model = () =>
  scriptedModel((prompt) => (toolResultsOfTurn(prompt).length > 0 ? [text("I see.")] : [text("Hm?")]));

/** A session that asks what became of its call, in a runtime that was closed over it. */
const askOf = async (tool: Tool, options: StageOptions = {}) => {
  const left = await leaveLog({ events: (drafts) => begunCall(drafts, tool, { effect }) });
  const { store, drafts } = left;
  const { sessionId } = drafts;
  const open = () => openRuntime(store, { tools: [tool], model: model(), ...options });
  return { store, sessionId, drafts, open, [Symbol.asyncDispose]: () => left[Symbol.asyncDispose]() };
};

const openAsk = async (holdfast: Holdfast, sessionId: string): Promise<AskInfo> => {
  const { asks } = await holdfast.asks.list({ sessionId });
  const [ask, ...more] = asks;
  if (ask === undefined || more.length > 0) throw new Error(`expected one open ask, found ${asks.length}`);
  return ask;
};

const answer = async (holdfast: Holdfast, ask: AskInfo, reply: object): Promise<void> => {
  const { sessionId, askId, identity } = ask;
  await holdfast.asks.answer({ sessionId, askId, identity, answer: { kind: "unknown-effect", ...reply } as AskAnswer });
};

describe("an effect of which nobody can tell", () => {
  it("opens one ask with what was recorded and found; the call stays open, and the session rests as asking", async () => {
    const { act, seen } = acting();
    await using stage = await askOf(act);
    const { sessionId, drafts } = stage;
    await using holdfast = await stage.open();
    await holdfast.sessions.resume({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "asking" });
    expect(await openAsk(holdfast, sessionId)).toMatchObject({
      callId: drafts.callId,
      shown: { kind: "unknown-effect", tool: "act", effect, attempt: 1, found: "partial", detail: "One of two." },
    });
    const log = await logOf(holdfast, sessionId);
    expect(dataOf(log, "execution.recovered")).toMatchObject([{ calls: [{ verdict: "asked" }] }]);
    expect(dataOf(log, "tool.settled")).toEqual([]);
    expect(seen).toEqual({ looks: 1, ran: [] });
  });

  const [here, there] = ["in the process that asked", "in another process"] as const;
  it.each(
    [here, there].flatMap((where) => [
      {
        where,
        reply: "happened",
        outcome: { status: "completed", content: expect.stringContaining("A person looked") as string },
        ran: [],
      },
      { where, reply: "continue", outcome: { status: "completed", content: "acted" }, ran: [{ effect, attempt: 2 }] },
      {
        where,
        reply: "give-up",
        outcome: { reason: "unknown-outcome", content: expect.stringContaining("They say: Leave it.") as string },
        ran: [],
      },
    ]),
  )("answered $reply $where, is settled by it", async ({ where, reply, outcome, ran }) => {
    const { act, seen } = acting();
    await using stage = await askOf(act);
    const { sessionId, store } = stage;
    await using first = await stage.open();
    await first.sessions.resume({ sessionId });
    await first.sessions.wait({ sessionId });
    const ask = await openAsk(first, sessionId);
    if (where === there) await first[Symbol.asyncDispose]();
    await using second = where === there ? await stage.open() : first;
    if (where === there) expect(await second.sessions.wait({ sessionId })).toMatchObject({ status: "asking" });
    await answer(second, ask, { reply, ...(reply === "give-up" ? { feedback: "Leave it." } : {}) });
    await expect.poll(async () => (await second.sessions.wait({ sessionId })).status).toBe("completed");
    const log = await logOf(second, sessionId);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome }]);
    expect(seen).toEqual({ looks: 1, ran });
    // The answer is consent, and no recovery.
    expect(dataOf(log, "execution.recovered").map(({ recovery }) => recovery)).toEqual(where === there ? [1, 0] : [1]);
    await expectSound(store, sessionId);
  });

  it("done again by a person's word, and lost again, is looked at and asked about anew", async () => {
    const { act, seen } = acting();
    await using left = await leaveLog({
      events: (drafts) => {
        const { askId } = drafts;
        const identity = "a".repeat(64);
        const shown = { kind: "unknown-effect" as const, tool: "act", effect, attempt: 1, found: "partial" as const };
        return [...begunCall(drafts, act, { effect }), drafts.askOpened({ askId, identity, shown })];
      },
    });
    const { store, drafts } = left;
    const { sessionId, askId, callId } = drafts;
    await store.commit({
      sessionId,
      events: [
        drafts.askAnswered({ askId, identity: "a".repeat(64), answer: { kind: "unknown-effect", reply: "continue" } }),
      ],
    });
    await store.commit({
      sessionId,
      events: [drafts.begun({ callId, attempt: 2, effect, replay: "probe", definition: definitionOf(act) })],
      fence: { owner: drafts.ownerId, fence: 1 },
    });
    await using holdfast = await openRuntime(store, { tools: [act], model: model() });
    await holdfast.sessions.resume({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "asking" });
    expect(await openAsk(holdfast, sessionId)).toMatchObject({ shown: { attempt: 2 } });
    expect(seen).toEqual({ looks: 1, ran: [] });
  });

  it("is unknown at once where nobody can be asked", async () => {
    const { act } = acting();
    await using stage = await askOf(act, { asks: { policy: "deny" } });
    const { sessionId } = stage;
    await using holdfast = await stage.open();
    await holdfast.sessions.resume({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const log = await logOf(holdfast, sessionId);
    expect(dataOf(log, "ask.opened")).toEqual([]);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { reason: "unknown-outcome" } }]);
  });

  it.each(["interrupt", "dismiss", "expire"] as const)(
    "is unknown where the ask is over without an answer: %s",
    async (end) => {
      const { act, seen } = acting();
      await using stage = await askOf(act, end === "expire" ? { asks: { expireMs: 50 } } : {});
      const { sessionId, store } = stage;
      await using holdfast = await stage.open();
      await holdfast.sessions.resume({ sessionId });
      await expect.poll(async () => dataOf(await logOf(holdfast, sessionId), "ask.opened").length).toBe(1);
      if (end === "interrupt") await holdfast.sessions.interrupt({ sessionId });
      if (end === "dismiss") await holdfast.sessions.prompt({ sessionId, text: "Leave that", dismissAsks: true });
      const rest = end === "interrupt" ? "interrupted" : "completed";
      await expect.poll(async () => (await holdfast.sessions.wait({ sessionId })).status).toBe(rest);
      const log = await logOf(holdfast, sessionId);
      expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { reason: "unknown-outcome" } }]);
      expect(seen.ran).toEqual([]);
      await expectSound(store, sessionId);
    },
  );
});
