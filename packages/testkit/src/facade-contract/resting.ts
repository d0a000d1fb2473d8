import { defineTool } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { createGate } from "../model/gate.ts";
import { providerError } from "../model/provider-error.ts";
import { cut, refuse, text, toolCall, wait } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, collect, dataOf, setStage, untilShown } from "./stage.ts";

import type { FacadeSubject } from "./facade-subject.ts";

const never = new Promise<never>(() => {});

/** How work ends: completed, failed, interrupted, disposed. */
export const describeResting = (subject: FacadeSubject): void => {
  it("a session that was never prompted rests at once, and one that works does when it is done", async () => {
    const gate = createGate();
    await using stage = await setStage(subject, { script: [[wait(gate.opened), text("Hello.")]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "idle" });
    const { cursor } = await sessions.prompt({ sessionId, text: "Hi" });
    expect(await sessions.wait({ sessionId, after: cursor, timeoutMs: 30 })).toMatchObject({ status: "timeout" });
    gate.open();
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(await sessions.recovery({ sessionId })).toEqual({ status: "none" });
  });

  it("a provider that refuses fails the execution with its class, and the next prompt starts anew with what is pending", async () => {
    const refused = refuse(providerError({ status: 401, message: "Wrong key" }));
    await using stage = await setStage(subject, { script: [[refused], [text("Hello.")]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const items = await stage.turn("Hi");
    expect(items.at(-1)).toEqual({ kind: "notice", notice: { type: "rest", rest: "failed" } });
    expect(await sessions.wait({ sessionId })).toMatchObject({
      status: "failed",
      failure: { class: "authentication" },
    });
    await stage.turn("Again");
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  });

  it("a stream that breaks keeps what had arrived, marked as cut, and the answer goes on in a new message", async () => {
    const script = [[text("Half an ans", { open: true }), cut()], [text("wer.")]];
    await using stage = await setStage(subject, { script });
    await stage.turn("Hi");
    const log = await stage.log();
    expect(dataOf(log, "text.ended")).toMatchObject([{ text: "Half an ans", cut: true }, { text: "wer." }]);
    expect(dataOf(log, "attempt.ended")).toMatchObject([
      { status: "error", failure: { class: "incomplete-stream" } },
      { status: "finished" },
    ]);
    expect(dataOf(log, "retry.scheduled")).toMatchObject([{ attempt: 1, retry: 1, class: "incomplete-stream" }]);
    expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "completed" }]);
    const { messages } = await stage.holdfast.sessions.messages({ sessionId: stage.session.id });
    expect(messages).toMatchObject([
      { role: "user" },
      { role: "assistant", status: "error", content: [{ text: "Half an ans" }] },
      { role: "assistant", status: "finished", synthetic: expect.any(String) as string, content: [{ text: "wer." }] },
    ]);
  });

  it("an interruption stops the stream, keeps what had arrived and the inbox, and is nothing where nothing runs", async () => {
    await using stage = await setStage(subject, { script: [[text("Half an ans", { open: true }), wait(never)]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    expect(await sessions.interrupt({ sessionId })).toEqual({
      status: "nothing-running",
      withdrawn: [],
      pending: [],
    });
    const { cursor } = await sessions.prompt({ sessionId, text: "Hi" });
    await untilShown(stage, "Half an ans");
    const { messageId } = await sessions.prompt({ sessionId, text: "Next", delivery: "queue" });
    expect(await sessions.interrupt({ sessionId, reason: "enough" })).toEqual({
      status: "requested",
      withdrawn: [],
      pending: [messageId],
    });
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "interrupted" });
    const log = await stage.log();
    expect(dataOf(log, "text.ended")).toMatchObject([{ text: "Half an ans", cut: true }]);
    expect(dataOf(log, "attempt.ended")).toMatchObject([{ status: "cut" }]);
    expect(dataOf(log, "step.failed")).toMatchObject([{ failure: { class: "aborted" } }]);
    expect(await sessions.inputs({ sessionId })).toMatchObject([{ text: "Next" }]);
  });

  it("an interruption reaches a running tool by its signal, and the call is settled", async () => {
    const begun = createGate();
    const endless = defineTool({
      name: "endless",
      description: "Runs until it is told to stop.",
      input: z.object({}),
      output: z.string(),
      execute: (_input, { signal }) => {
        begun.open();
        return new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason as Error)),
        );
      },
    });
    await using stage = await setStage(subject, { tools: [endless], script: [[toolCall("endless", {})]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await sessions.prompt({ sessionId, text: "Go" });
    await begun.opened;
    await sessions.interrupt({ sessionId });
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
    expect(dataOf(await stage.log(), "tool.settled")).toMatchObject([
      { outcome: { status: "stopped", reason: "cancelled" } },
    ]);
  });

  it("after disposal every method is refused by code, open readers end with it, and disposing again does nothing", async () => {
    const stage = await setStage(subject, { script: [] });
    const { holdfast, session } = stage;
    const sessionId = session.id;
    const reading = codeOf(collect(holdfast.sessions.events({ sessionId })));
    await stage[Symbol.asyncDispose]();
    await holdfast[Symbol.asyncDispose]();
    expect(await reading).toBe("runtime.disposed");
    const { sessions, outputs } = holdfast;
    const location = { directory: "/" };
    const calls = [
      () => sessions.create({ location }),
      () => sessions.get({ sessionId }),
      () => sessions.list(),
      () => sessions.prompt({ sessionId, text: "Hi" }),
      () => sessions.receipt({ sessionId, id: "msg_a" }),
      () => sessions.inputs({ sessionId }),
      () => sessions.replaceInput({ sessionId, messageId: "msg_a", version: 1, text: "Ho" }),
      () => sessions.withdrawInput({ sessionId, messageId: "msg_a", version: 1 }),
      () => sessions.update({ sessionId, title: "Other" }),
      () => sessions.move({ sessionId, location }),
      () => sessions.delete({ sessionId }),
      () => sessions.active(),
      () => sessions.context({ sessionId }),
      () => sessions.messages({ sessionId }),
      () => collect(sessions.events({ sessionId })),
      () => sessions.wait({ sessionId }),
      () => sessions.interrupt({ sessionId }),
      () => sessions.resume({ sessionId }),
      () => sessions.recovery({ sessionId }),
      () => outputs.read({ sessionId, ref: "tool-output://" }),
    ];
    for (const call of calls) expect(await codeOf((async () => call())())).toBe("runtime.disposed");
  });
};
