import { expect } from "vitest";

import { createGate } from "../model/gate.ts";
import { text, wait } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, collect, dataOf, eventsOf, setStage, untilShown } from "./stage.ts";

import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { FacadeSubject } from "./facade-subject.ts";
import type { Stage } from "./stage.ts";

const notes = "## Goal\nThey talked about words.";
/** No tools are advertised to whoever is asked for a summary, and the conversation is in one message. */
const isSummary = (prompt: LanguageModelV4Prompt): boolean => JSON.stringify(prompt).includes("<conversation>");
const long = (mark: string): string => `${mark}: ${"many words ".repeat(6_000)}`;

const logOf = async ({ holdfast, session }: Stage) =>
  eventsOf(await collect(holdfast.sessions.events({ sessionId: session.id, until: "sync" })));

/** A session whose first turn can be cut off. */
const talk = async ({ holdfast, session: { id: sessionId } }: Stage): Promise<void> => {
  for (const mark of ["One", "Two"]) {
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: long(mark) });
    await holdfast.sessions.wait({ sessionId, after: cursor });
  }
};

/** Compaction on request. */
export const describeCompacting = (subject: FacadeSubject): void => {
  it("a request to compact is admitted once, puts a summary before the newest exchange, and takes nothing from the messages", async () => {
    await using stage = await setStage(subject, {
      script: (prompt) => [text(isSummary(prompt) ? notes : "Yes.")],
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await talk(stage);
    const before = await sessions.messages({ sessionId });
    const receipt = await sessions.compact({ sessionId, id: "msg_compact" });
    expect(receipt).toMatchObject({ messageId: "msg_compact", disposition: "pending", replayed: false });
    expect(await sessions.wait({ sessionId, after: receipt.cursor })).toMatchObject({ status: "completed" });
    expect(await sessions.compact({ sessionId, id: "msg_compact" })).toMatchObject({
      cursor: receipt.cursor,
      disposition: "settled",
      replayed: true,
    });
    expect(await codeOf(sessions.compact({ sessionId, id: "msg_compact", instructions: "Other" }))).toBe(
      "input.conflict",
    );
    expect(await codeOf(sessions.prompt({ sessionId, id: "msg_compact", text: "Hi" }))).toBe("input.conflict");
    expect((await sessions.messages({ sessionId })).messages).toEqual(before.messages);
    const { messages } = await sessions.context({ sessionId });
    expect(JSON.stringify(messages)).toContain("They talked about words.");
    expect(JSON.stringify(messages)).not.toContain("One: ");
    expect(dataOf(await logOf(stage), "compaction.ended")).toMatchObject([
      { settles: ["msg_compact"], summary: notes },
    ]);
  });

  it("a request to compact that waits is listed as one, can be withdrawn, and can not be replaced", async () => {
    const gate = createGate();
    await using stage = await setStage(subject, { script: () => [text("At", { open: true }), wait(gate.opened)] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const { cursor } = await sessions.prompt({ sessionId, text: "Go" });
    await untilShown(stage, "At");
    const { messageId } = await sessions.compact({ sessionId, instructions: "Keep the names." });
    const [input] = await sessions.inputs({ sessionId });
    expect(input).toMatchObject({ messageId, kind: "compaction", text: "Keep the names." });
    const seen = { sessionId, messageId, version: input?.version ?? -1 };
    expect(await codeOf(sessions.replaceInput({ ...seen, text: "Say it" }))).toBe("argument.invalid");
    expect(await sessions.withdrawInput(seen)).toMatchObject({ disposition: "withdrawn" });
    gate.open();
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(dataOf(await logOf(stage), "compaction.started")).toEqual([]);
  });

  it("refuses a request to compact that does not fit, and one for a session that is not there", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const both = { sessionId, id: "msg_a", idempotencyKey: "a" };
    expect(await codeOf(sessions.compact(both))).toBe("argument.invalid");
    expect(await codeOf(sessions.compact({ sessionId, instructions: "x".repeat(4_001) }))).toBe("argument.invalid");
    expect(await codeOf(sessions.compact({ sessionId: "ses_none" }))).toBe("session.not-found");
  });
};
