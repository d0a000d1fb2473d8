import { defineTool } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { lastUserText, toolResultsOfTurn } from "../model/conversation.ts";
import { createGate } from "../model/gate.ts";
import { text, toolCall, wait } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, collect, dataOf, setStage, typesOf } from "./stage.ts";

import type { FacadeSubject } from "./facade-subject.ts";

/** Admission: identities, retries, conflicts, deliveries, and what is refused. */
export const describePrompts = (subject: FacadeSubject): void => {
  it.each([
    ["id", { id: "msg_mine" }],
    ["idempotencyKey", { idempotencyKey: "mine" }],
  ] as const)(
    "an exact retry by %s returns the first receipt, and admits and answers once",
    async (_name, identity) => {
      await using stage = await setStage(subject, { script: [[text("Hello.")]] });
      const { sessions } = stage.holdfast;
      const prompt = { sessionId: stage.session.id, text: "Hi", ...identity };
      const first = await sessions.prompt(prompt);
      const [second, third] = await Promise.all([sessions.prompt(prompt), sessions.prompt(prompt)]);
      expect(first.replayed).toBe(false);
      for (const again of [second, third]) {
        expect(again).toMatchObject({ messageId: first.messageId, cursor: first.cursor, replayed: true });
      }
      await sessions.wait({ sessionId: stage.session.id });
      expect(await sessions.receipt({ sessionId: stage.session.id, ...identity })).toMatchObject({
        messageId: first.messageId,
        disposition: "promoted",
      });
      const log = await stage.log();
      expect(dataOf(log, "input.admitted")).toHaveLength(1);
      expect(dataOf(log, "input.promoted")).toHaveLength(1);
      expect(stage.model.calls).toBe(1);
    },
  );

  it("another text, delivery or session under a used identity is a conflict, and changes nothing", async () => {
    await using stage = await setStage(subject, { script: [[text("Hello.")]] });
    const { sessions } = stage.holdfast;
    const other = await sessions.create({ location: { directory: stage.directory } });
    const prompt = { sessionId: stage.session.id, text: "Hi", id: "msg_mine" };
    await sessions.prompt(prompt);
    await sessions.wait({ sessionId: stage.session.id });
    const before = await stage.log();
    expect(await codeOf(sessions.prompt({ ...prompt, text: "Ho" }))).toBe("input.conflict");
    expect(await codeOf(sessions.prompt({ ...prompt, delivery: "queue" }))).toBe("input.conflict");
    expect(await codeOf(sessions.prompt({ ...prompt, sessionId: other.id }))).toBe("input.conflict");
    expect(await stage.log()).toEqual(before);
  });

  it("input that does not fit is refused by code, and nothing is admitted", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const invalid = [
      { sessionId, text: "" },
      { sessionId, text: "x".repeat(2 * 1024 * 1024) },
      { sessionId, text: "Hi", id: "msg_a", idempotencyKey: "a" },
      { sessionId, text: "Hi", idempotencyKey: "" },
      { sessionId, text: "Hi", idempotencyKey: "k".repeat(256) },
      { sessionId, text: "lone \ud800 surrogate" },
      { sessionId: "no session ID", text: "Hi" },
    ];
    for (const prompt of invalid) expect(await codeOf(sessions.prompt(prompt))).toBe("argument.invalid");
    expect(await codeOf(sessions.prompt({ sessionId: "ses_nobody", text: "Hi" }))).toBe("session.not-found");
    expect((await stage.log()).map(({ type }) => type)).toEqual(["session.created"]);
    expect(await sessions.receipt({ sessionId, id: "msg_a" })).toBeNull();
  });

  it("an input with resume: false is recorded without waking, and answered after resume", async () => {
    await using stage = await setStage(subject, { script: [[text("Hello.")]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const { messageId, cursor } = await sessions.prompt({ sessionId, text: "Later", resume: false });
    expect(await sessions.inputs({ sessionId })).toMatchObject([
      { messageId, text: "Later", delivery: "steer", awake: false },
    ]);
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "idle" });
    expect(await sessions.resume({ sessionId })).toEqual({ status: "started" });
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(await sessions.inputs({ sessionId })).toEqual([]);
    expect(await sessions.resume({ sessionId })).toEqual({ status: "nothing-to-do" });
  });

  it("a steer is promoted at the next boundary of the running activity, a queued input when the session would be idle", async () => {
    const gate = createGate();
    const started = createGate();
    const slow = defineTool({
      name: "slow",
      description: "Waits.",
      input: z.object({}),
      output: z.string(),
      execute: async () => {
        started.open();
        await gate.opened;
        return "waited";
      },
    });
    await using stage = await setStage(subject, {
      tools: [slow],
      script: (prompt) => {
        const user = lastUserText(prompt);
        return user === "first" && toolResultsOfTurn(prompt).length === 0
          ? [toolCall("slow", {})]
          : [text(`Answer to ${user}`)];
      },
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const { cursor } = await sessions.prompt({ sessionId, text: "first" });
    await started.opened;
    await sessions.prompt({ sessionId, text: "queued", delivery: "queue" });
    await sessions.prompt({ sessionId, text: "steered" });
    gate.open();
    const items = await collect(sessions.events({ sessionId, after: cursor, until: "idle" }));
    const { messages } = await sessions.messages({ sessionId });
    const said = messages.map((message) =>
      message.role === "assistant"
        ? message.content.map((part) => (part.type === "call" ? part.name : part.text)).join()
        : message.text,
    );
    expect(said).toEqual(["first", "slow", "steered", "Answer to steered", "queued", "Answer to queued"]);
    expect(typesOf(items).filter((type) => type.startsWith("execution."))).toEqual([
      "execution.started",
      "execution.ended",
    ]);
  });

  it("prompts that come while the session works are all answered, in order, and none twice", async () => {
    const gate = createGate();
    await using stage = await setStage(subject, {
      script: (prompt) => [wait(gate.opened), text(`Answer to ${lastUserText(prompt)}`)],
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => sessions.prompt({ sessionId, text: `p${index}`, delivery: "queue" })),
    );
    gate.open();
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(dataOf(log, "input.promoted").map(({ messageId }) => messageId)).toEqual(
      dataOf(log, "input.admitted").map(({ messageId }) => messageId),
    );
    expect(stage.model.calls).toBe(20);
  });
};
