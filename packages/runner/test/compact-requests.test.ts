import { planPrune, verifySession } from "@holdfast/core/store";
import { defineTool } from "@holdfast/core/tool";
import {
  createGate,
  createMemoryStore,
  finish,
  providerError,
  refuse,
  sha256,
  text,
  toolCall,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { asksForSummary, lastText, noting, short, summaryStep } from "./compacting.ts";
import { collect, dataOf, logOf, openRuntime, setStage, shared } from "./stage.ts";

import type { Stage } from "./stage.ts";

/** A session with two turns, of which the first can be cut off. */
const filled = async (options: Parameters<typeof setStage>[0] = {}): Promise<Stage> => {
  const stage = await setStage({ model: short, ...options });
  for (let turn = 1; turn <= 2; turn++) await stage.turn(`Turn ${turn}: ${"word ".repeat(14_000)}`);
  return stage;
};

describe("sessions.compact", () => {
  it("compacts a session at rest in an execution of its own, with what its summary is to heed, and says what became of the request", async () => {
    const { model, summaries } = noting(short);
    await using stage = await filled({ model, compaction: { auto: false } });
    const { sessionId, holdfast } = stage;
    const request = { sessionId, idempotencyKey: "now", instructions: "Keep the names." };
    const receipt = await holdfast.sessions.compact(request);
    expect(receipt).toMatchObject({ disposition: "pending", replayed: false });
    expect(await holdfast.sessions.wait({ sessionId, after: receipt.cursor })).toMatchObject({ status: "completed" });
    expect(await holdfast.sessions.compact(request)).toMatchObject({
      messageId: receipt.messageId,
      disposition: "settled",
      replayed: true,
    });
    expect(summaries.map(lastText)).toEqual([expect.stringContaining("Keep the names.")]);
    const log = await stage.log();
    expect(log.slice(-4).map(({ type }) => type)).toEqual([
      "execution.started",
      "compaction.started",
      "compaction.ended",
      "execution.ended",
    ]);
    expect(dataOf(log, "compaction.ended")).toMatchObject([{ settles: [receipt.messageId], streak: 0 }]);
    expect(JSON.stringify((await holdfast.sessions.context({ sessionId })).messages)).toContain("Notes, version 1");
    expect((await holdfast.sessions.messages({ sessionId })).messages).toHaveLength(4);
    await expect(holdfast.sessions.prompt({ sessionId, idempotencyKey: "now", text: "Hi" })).rejects.toMatchObject({
      code: "input.conflict",
    });
  });

  it("waits in the inbox for the next boundary, where it can be seen and withdrawn, and not replaced", async () => {
    const open = createGate();
    await using stage = await setStage({
      model: async (prompt) => (lastText(prompt) === "Wait" ? [wait(open.opened), text("Yes.")] : short(prompt)),
    });
    const { sessionId, holdfast } = stage;
    await stage.turn(`Turn 1: ${"word ".repeat(14_000)}`);
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Wait" });
    for await (const item of holdfast.sessions.events({ sessionId, after: cursor }))
      if (item.kind === "event" && item.event.type === "attempt.started") break;
    const { messageId } = await holdfast.sessions.compact({ sessionId });
    const other = await holdfast.sessions.compact({ sessionId });
    const inputs = await holdfast.sessions.inputs({ sessionId });
    expect(inputs).toMatchObject([
      { messageId, kind: "compaction", awake: true },
      { messageId: other.messageId, kind: "compaction" },
    ]);
    const [first, second] = inputs.map(({ version }) => version);
    await expect(
      holdfast.sessions.replaceInput({ sessionId, messageId, version: first ?? -1, text: "Say it" }),
    ).rejects.toMatchObject({ code: "argument.invalid" });
    await holdfast.sessions.withdrawInput({ sessionId, messageId: other.messageId, version: second ?? -1 });
    open.open();
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(await holdfast.sessions.receipt({ sessionId, id: messageId })).toMatchObject({ disposition: "settled" });
    expect(await holdfast.sessions.receipt({ sessionId, id: other.messageId })).toMatchObject({
      disposition: "withdrawn",
    });
    expect(dataOf(await stage.log(), "compaction.ended")).toMatchObject([{ settles: [messageId] }]);
  });

  it("says that there is nothing to compact, and asks no model", async () => {
    const { model, summaries } = noting(short);
    await using stage = await setStage({ model });
    const { sessionId, holdfast } = stage;
    const { cursor, messageId } = await holdfast.sessions.compact({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "compaction.failed")).toMatchObject([
      { failure: { message: expect.stringContaining("nothing to compact") }, settles: [messageId], streak: 0 },
    ]);
    expect(summaries).toEqual([]);
  });

  it("fails an execution that has nothing else to do where no summary can be had, and leaves the conversation as it is", async () => {
    await using stage = await filled({
      model: (prompt) =>
        asksForSummary(prompt) ? [refuse(providerError({ status: 401, message: "no" }))] : short(prompt),
    });
    const { sessionId, holdfast } = stage;
    const before = await holdfast.sessions.context({ sessionId });
    const { cursor } = await holdfast.sessions.compact({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({
      status: "failed",
      failure: { class: "authentication" },
    });
    expect((await holdfast.sessions.context({ sessionId })).requestHash).toBe(before.requestHash);
  });

  it("is stopped by an interruption, stays in the inbox, and is done by the next resume", async () => {
    const open = createGate();
    let asked = 0;
    await using stage = await filled({
      model: async (prompt) =>
        asksForSummary(prompt) && asked++ === 0 ? [wait(open.opened), ...summaryStep(prompt)] : short(prompt),
    });
    const { sessionId, holdfast } = stage;
    const { cursor, messageId } = await holdfast.sessions.compact({ sessionId });
    for await (const item of holdfast.sessions.events({ sessionId, after: cursor }))
      if (item.kind === "event" && item.event.type === "compaction.started") break;
    await holdfast.sessions.interrupt({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "interrupted" });
    expect(dataOf(await stage.log(), "compaction.failed")).toMatchObject([
      { failure: { class: "aborted" }, settles: [], streak: 0 },
    ]);
    expect(await holdfast.sessions.inputs({ sessionId })).toMatchObject([{ messageId, kind: "compaction" }]);
    expect(await holdfast.sessions.resume({ sessionId })).toEqual({ status: "started" });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(await holdfast.sessions.receipt({ sessionId, id: messageId })).toMatchObject({ disposition: "settled" });
    open.open();
  });

  it("waits on a parked session until somebody goes on with it: it runs no model, and cancels no call", async () => {
    const store = createMemoryStore();
    const looked = createGate();
    const look = defineTool({
      name: "look",
      description: "Looks",
      input: z.object({}),
      output: z.string(),
      prepare: (_input, { signal }) => {
        looked.open();
        return new Promise<never>((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason as Error)),
        );
      },
      execute: () => "never",
    });
    const { model, prompts, summaries } = noting((prompt) =>
      lastText(prompt) === "Use it" ? [toolCall("look", {}), finish("tool-calls")] : short(prompt),
    );
    await using stage = await filled({ store: shared(store), model, tools: [look] });
    const { sessionId } = stage;
    await stage.holdfast.sessions.prompt({ sessionId, text: "Use it" });
    await looked.opened;
    await stage.holdfast[Symbol.asyncDispose]();
    const before = prompts.length;
    const ready = defineTool({ ...look, prepare: () => null, execute: () => "ran" });
    await using other = await openRuntime(shared(store), { model, tools: [ready] });
    const { cursor, messageId } = await other.sessions.compact({ sessionId });
    expect(await other.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "parked" });
    expect(await other.sessions.recovery({ sessionId })).toMatchObject({
      status: "parked",
      calls: [{ verdict: "run" }],
    });
    expect(await other.sessions.inputs({ sessionId })).toMatchObject([{ messageId }]);
    expect([prompts.length, summaries.length]).toEqual([before, 0]);
    await other.sessions.resume({ sessionId });
    expect(await other.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(await other.sessions.inputs({ sessionId })).toEqual([]);
    const log = await logOf(other, sessionId);
    expect(dataOf(log, "tool.settled").map(({ outcome }) => outcome.status)).toEqual(["completed"]);
    expect(dataOf(log, "compaction.ended")).toMatchObject([{ settles: [messageId] }]);
  });

  it("goes with the session: into an export, an import and a fork, and past a pruning", async () => {
    await using stage = await filled();
    const { sessionId, holdfast, store } = stage;
    const { cursor } = await holdfast.sessions.compact({ sessionId });
    await holdfast.sessions.wait({ sessionId, after: cursor });
    const before = await holdfast.sessions.context({ sessionId });
    const fork = await holdfast.sessions.fork({ sessionId });
    expect((await holdfast.sessions.context({ sessionId: fork.id })).messages).toEqual(before.messages);
    const plan = await planPrune(store, sessionId, { policy: { now: 0, keepEvents: 1 }, hash: sha256 });
    if (plan === null) throw new Error("expected a plan to prune");
    await store.prune(plan);
    expect((await holdfast.sessions.context({ sessionId })).messages).toEqual(before.messages);
    const lines = await collect(holdfast.sessions.export({ sessionId }));
    await using elsewhere = await openRuntime(createMemoryStore(), { model: short });
    await elsewhere.sessions.import({ lines });
    expect((await elsewhere.sessions.context({ sessionId })).messages).toEqual(before.messages);
    expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
  });
});
