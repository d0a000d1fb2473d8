import { defineTool } from "@holdfast/core/tool";
import { createDrafts, scriptedModel, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { begunCall, calledCall, leaveLog } from "./left-log.ts";
import { dataOf, logOf, openRuntime, untilEvent } from "./stage.ts";

import type { Holdfast } from "@holdfast/core";
import type { ReplayPolicy, Tool } from "@holdfast/core/tool";
import type { StageOptions } from "./stage.ts";

const acting = (replay: ReplayPolicy, runs: number[] = []): Tool =>
  defineTool({
    name: "act",
    description: "Has an effect.",
    input: z.object({}),
    output: z.string(),
    replay,
    execute: (_input, { attempt }) => `run ${runs.push(attempt)}`,
    ...(replay === "probe" ? { probe: () => ({ outcome: "not" as const }) } : {}),
  });

/** A runtime with policy `ask` over a session whose process was killed in a call, and what it was given. */
const setScene = async (
  options: StageOptions & { readonly replay?: ReplayPolicy; readonly state?: "called" | "begun" } = {},
) => {
  const { replay = "never", state = "begun", ...more } = options;
  const stack = new AsyncDisposableStack();
  const runs: number[] = [];
  const act = acting(replay, runs);
  const left = stack.use(
    await leaveLog({
      events: (drafts) =>
        state === "begun"
          ? begunCall(drafts, act)
          : [...calledCall(drafts, act), drafts.attemptEnded({ finish: "tool-calls" })],
    }),
  );
  const { store } = left;
  const { sessionId } = left.drafts;
  const model = scriptedModel([[text("Done.")], [text("Done.")]]);
  const before = (await store.snapshot(sessionId))?.head.seq ?? -1;
  const open = async (changed: StageOptions = {}) =>
    stack.use(
      await openRuntime(store, {
        tools: [act],
        model,
        recovery: "ask",
        claims: { discoverMs: 20 },
        ...more,
        ...changed,
      }),
    );
  const holdfast = await open();
  return { holdfast, store, sessionId, model, runs, before, open, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};

const asking = async (holdfast: Holdfast, sessionId: string): Promise<void> => {
  await untilEvent(holdfast, sessionId, "ask.opened");
  await expect.poll(async () => (await holdfast.sessions.wait({ sessionId })).status).toBe("asking");
};

const answer = async (holdfast: Holdfast, sessionId: string, reply: "resume" | "stop"): Promise<void> => {
  const [ask] = (await holdfast.asks.list({ sessionId })).asks;
  if (ask === undefined) throw new Error("expected an open ask");
  const { askId, identity } = ask;
  await holdfast.asks.answer({ sessionId, askId, identity, answer: { kind: "recovery", reply } });
};

describe("policy ask", () => {
  it("opens one ask for an execution whose owner is gone, runs and spends nothing, and leaves the claim free", async () => {
    await using scene = await setScene();
    const { holdfast, store, sessionId, model, runs, before } = scene;
    await using other = await scene.open();
    await asking(holdfast, sessionId);
    await asking(other, sessionId);
    // Long enough for each of them to look several times.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const log = await logOf(holdfast, sessionId);
    expect(log.slice(before + 1).map(({ type }) => type)).toEqual(["ask.opened"]);
    expect(dataOf(log, "ask.opened")).toMatchObject([
      { shown: { kind: "recovery", calls: [{ name: "act", state: "begun" }], asksModel: true } },
    ]);
    expect((await store.snapshot(sessionId))?.claim).toMatchObject({ owner: null });
    expect([model.calls, runs]).toEqual([0, []]);
  });

  it("answered resume, goes on with all that was open, counted as a recovery", async () => {
    await using scene = await setScene({ state: "called" });
    const { holdfast, store, sessionId, runs } = scene;
    await asking(holdfast, sessionId);
    await answer(holdfast, sessionId, "resume");
    await expect.poll(async () => (await holdfast.sessions.wait({ sessionId })).status).toBe("completed");
    expect(runs).toEqual([1]);
    expect(dataOf(await logOf(holdfast, sessionId), "execution.recovered")).toMatchObject([{ recovery: 1 }]);
    await expectSound(store, sessionId);
  });

  it("answered stop, settles what was open and ends as interrupted", async () => {
    await using scene = await setScene({ state: "called" });
    const { holdfast, store, sessionId, model, runs } = scene;
    await asking(holdfast, sessionId);
    await answer(holdfast, sessionId, "stop");
    await expect.poll(async () => (await holdfast.sessions.wait({ sessionId })).status).toBe("interrupted");
    expect(dataOf(await logOf(holdfast, sessionId), "tool.settled")).toMatchObject([
      { outcome: { reason: "cancelled" } },
    ]);
    expect([model.calls, runs]).toEqual([0, []]);
    await expectSound(store, sessionId);
  });

  it.each(["resume()", "a new prompt"])("%s is an answer, too, and closes the ask", async (by) => {
    await using scene = await setScene({ state: "called" });
    const { holdfast, store, sessionId, runs } = scene;
    await asking(holdfast, sessionId);
    if (by === "resume()") expect(await holdfast.sessions.resume({ sessionId })).toEqual({ status: "started" });
    else await holdfast.sessions.prompt({ sessionId, text: "Something else" });
    await expect.poll(async () => (await holdfast.sessions.wait({ sessionId })).status).toBe("completed");
    // A prompt goes on with the conversation alone.
    expect(runs).toEqual(by === "resume()" ? [1] : []);
    expect(dataOf(await logOf(holdfast, sessionId), "ask.expired")).toMatchObject([{ reason: "settled" }]);
    await expectSound(store, sessionId);
  });

  it("remembers that the owner was proven gone: what did not happen by then is trusted after the answer", async () => {
    await using scene = await setScene({ replay: "probe" });
    const { holdfast, sessionId, runs } = scene;
    await asking(holdfast, sessionId);
    await holdfast[Symbol.asyncDispose]();
    await using other = await scene.open({ recovery: "park" });
    await answer(other, sessionId, "resume");
    await expect.poll(async () => (await other.sessions.wait({ sessionId })).status).toBe("completed");
    expect(dataOf(await logOf(other, sessionId), "execution.recovered")).toMatchObject([
      { calls: [{ verdict: "repeat" }] },
    ]);
    expect(runs).toEqual([2]);
  });

  it("goes on after an answer whose process died before it could", async () => {
    await using scene = await setScene({ state: "called" });
    const { holdfast, store, sessionId, runs } = scene;
    await asking(holdfast, sessionId);
    await holdfast[Symbol.asyncDispose]();
    // Only the answer itself was committed.
    const [row] = await store.asks({ sessionId, limit: 1 });
    if (row === undefined) throw new Error("expected an ask");
    const drafts = createDrafts("left");
    const { askId, identity } = row;
    const draft = drafts.askAnswered(
      { askId, identity, answer: { kind: "recovery", reply: "resume" } },
      { id: "evt_later" as never },
    );
    await store.commit({ sessionId, events: [draft] });
    await using other = await scene.open();
    await expect.poll(async () => (await other.sessions.wait({ sessionId })).status).toBe("completed");
    expect(runs).toEqual([1]);
  });

  it("asks nobody where nobody can be asked: the session is parked", async () => {
    await using scene = await setScene({ asks: { policy: "deny" } });
    const { holdfast, sessionId, before } = scene;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "parked" });
    expect((await logOf(holdfast, sessionId)).length).toBe(before + 1);
  });
});
