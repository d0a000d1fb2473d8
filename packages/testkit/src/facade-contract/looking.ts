import { defineTool } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { createGate } from "../model/gate.ts";
import { text, toolCall, wait } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, dataOf, setStage, untilShown } from "./stage.ts";

import type { FacadeSubject } from "./facade-subject.ts";

const note = defineTool({
  name: "note",
  description: "Takes a note.",
  input: z.object({ note: z.string() }),
  output: z.string(),
  execute: async () => "noted",
});

/** What can be seen of sessions: their context, those that are worked on, their families, pages of them. */
export const describeLooking = (subject: FacadeSubject): void => {
  it("the context is what the model is shown next, to the hash of the request, and looking at it writes nothing", async () => {
    await using stage = await setStage(subject, {
      tools: [note],
      script: [[toolCall("note", { note: "a" })], [text("Noted.")], [text("Hello.")]],
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Note this");
    const { cursor } = await sessions.prompt({ sessionId, text: "Hi", resume: false });
    const before = await stage.log();
    const recorded = await sessions.context({ sessionId });
    expect(recorded).toMatchObject({ cursor, agent: "default", model: { id: "default" }, callable: true });
    expect(recorded.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "assistant"]);
    expect(recorded.tools).toMatchObject([
      { name: "note", description: "Takes a note.", inputSchema: { type: "object" } },
    ]);
    expect(await stage.log()).toEqual(before);
    expect(stage.model.calls).toBe(2);
    // Woken, it is what comes next.
    const { messageId } = await sessions.prompt({ sessionId, text: "Ho", resume: false });
    await sessions.resume({ sessionId });
    await sessions.wait({ sessionId });
    const { messages } = await sessions.context({ sessionId });
    expect(messages.slice(0, 4)).toEqual(recorded.messages);
    expect(messages).toHaveLength(7);
    expect((await sessions.receipt({ sessionId, id: messageId }))?.disposition).toBe("promoted");
  });

  it("the context of a session that works says what its next step would show, with the inputs that it would promote", async () => {
    const [begun, gate] = [createGate(), createGate()];
    const slow = defineTool({
      name: "slow",
      description: "Waits.",
      input: z.object({}),
      output: z.string(),
      execute: async () => {
        begun.open();
        await gate.opened;
        return "waited";
      },
    });
    await using stage = await setStage(subject, { tools: [slow], script: [[toolCall("slow", {})], [text("Done.")]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await sessions.prompt({ sessionId, text: "Go" });
    await begun.opened;
    await sessions.prompt({ sessionId, text: "And this" });
    await sessions.prompt({ sessionId, text: "Later", delivery: "queue" });
    const { messages } = await sessions.context({ sessionId });
    expect(messages[0]).toMatchObject({ role: "user", content: [{ text: "Go" }] });
    expect(messages.at(-1)).toMatchObject({ role: "user", content: [{ text: "And this" }] });
    expect(await codeOf(sessions.context({ sessionId: "ses_nobody" }))).toBe("session.not-found");
    await sessions.interrupt({ sessionId, clear: true });
    gate.open();
    await sessions.wait({ sessionId });
  });

  it("the request that is made next has the hash that the context foretold", async () => {
    await using stage = await setStage(subject, {
      tools: [note],
      script: [[text("One.")], [text("Half", { open: true }), wait(new Promise<never>(() => {}))], [text("Two.")]],
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("First");
    await sessions.prompt({ sessionId, text: "Stopped" });
    await untilShown(stage, "Half");
    // Left by the interruption, until the next wake.
    await sessions.prompt({ sessionId, text: "Left" });
    await sessions.interrupt({ sessionId });
    await sessions.wait({ sessionId });
    const { requestHash, messages } = await sessions.context({ sessionId });
    expect(messages.at(-1)).toMatchObject({ role: "user", content: [{ text: "Left" }] });
    await sessions.resume({ sessionId });
    await sessions.wait({ sessionId });
    expect(dataOf(await stage.log(), "attempt.started").at(-1)).toMatchObject({ requestHash });
  });

  it("the sessions on which a runtime works are told with what it works on, and no others", async () => {
    const gate = createGate();
    await using stage = await setStage(subject, { script: () => [text("Half", { open: true }), wait(gate.opened)] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await sessions.create({ location: { directory: stage.directory } });
    expect(await sessions.active()).toEqual([]);
    await sessions.prompt({ sessionId, text: "Hi" });
    await untilShown(stage, "Half");
    const [started] = dataOf(await stage.log(), "execution.started");
    expect(await sessions.active()).toEqual([
      { sessionId, executionId: started?.executionId, sinceTime: expect.any(Number) as number, step: 1 },
    ]);
    gate.open();
    await sessions.wait({ sessionId });
    await expect.poll(() => sessions.active()).toEqual([]);
  });

  it("a child and its child say who is at the top, and stay when those above them are deleted", async () => {
    await using stage = await setStage(subject, { script: [[text("Hello.")]] });
    const { sessions } = stage.holdfast;
    const location = { directory: stage.directory };
    const rootId = stage.session.id;
    expect(stage.session.rootId).toBe(rootId);
    const child = await sessions.create({ location, parentId: rootId });
    const grandchild = await sessions.create({ location, parentId: child.id });
    expect(child).toMatchObject({ parentId: rootId, rootId });
    expect(grandchild).toMatchObject({ parentId: child.id, rootId });
    await sessions.delete({ sessionId: child.id });
    await sessions.delete({ sessionId: rootId });
    expect(await sessions.get({ sessionId: grandchild.id })).toEqual(grandchild);
    const { cursor } = await sessions.prompt({ sessionId: grandchild.id, text: "Hi" });
    expect(await sessions.wait({ sessionId: grandchild.id, after: cursor })).toMatchObject({ status: "completed" });
  });

  it("pages of sessions neither skip nor repeat while others are created and deleted", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { sessions } = stage.holdfast;
    const location = { directory: stage.directory };
    const parentId = stage.session.id;
    const before = [];
    for (let index = 0; index < 9; index++) before.push((await sessions.create({ location, parentId })).id);
    const found: string[] = [];
    let page: string | undefined;
    do {
      const { sessions: part, next } = await sessions.list({ parentId, limit: 2, page });
      found.push(...part.map(({ id }) => id));
      const created = await sessions.create({ location, parentId });
      await sessions.delete({ sessionId: created.id });
      await sessions.create({ location, parentId });
      page = next;
    } while (page !== undefined);
    expect(found).toEqual(before.toReversed());
  });
};
