import { defineTool } from "@holdfast/core/tool";
import {
  createGate,
  createMemoryStore,
  lastUserText,
  text,
  toolCall,
  toolResultsOfTurn,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, openRuntime, setStage, shared, untilEvent, untilShown } from "./stage.ts";

const never = new Promise<never>(() => {});

describe("whoever waits", () => {
  it("right after a replayed retry that wakes what a failure had left waits for what becomes of it", async () => {
    let asked = 0;
    await using stage = await setStage({
      model: () => {
        asked += 1;
        if (asked === 1) throw new Error("no such server");
        return [text("Hello.")];
      },
    });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    const later = { sessionId, id: "msg_later", text: "Later", delivery: "queue" } as const;
    await Promise.all([sessions.prompt({ sessionId, text: "Hi" }), sessions.prompt(later)]);
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "failed" });
    const { cursor, disposition } = await sessions.prompt(later);
    expect(disposition).toBe("pending");
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    await expectSound(stage.store, sessionId);
  });

  it("for a failure that leaves inputs in the inbox is told of it", async () => {
    await using stage = await setStage({
      model: () => {
        throw new Error("no such server");
      },
    });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    const queued = sessions.prompt({ sessionId, text: "Later", delivery: "queue" });
    await Promise.all([sessions.prompt({ sessionId, text: "Hi" }), queued]);
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "failed" });
    expect(await sessions.inputs({ sessionId })).not.toEqual([]);
  });
});

describe("a second interruption", () => {
  it("writes nothing, and an input that came between the two is answered", async () => {
    const mayEnd = createGate();
    const slow = defineTool({
      name: "slow",
      description: "Takes its time.",
      input: z.object({}),
      output: z.string(),
      execute: () => mayEnd.opened.then(() => "done"),
    });
    await using stage = await setStage({
      tools: [slow],
      model: (prompt) => (lastUserText(prompt) === "next" ? [text("Answered.")] : [toolCall("slow", {})]),
    });
    const { holdfast, sessionId } = stage;
    const { sessions } = holdfast;
    await sessions.prompt({ sessionId, text: "Go" });
    await untilEvent(holdfast, sessionId, "tool.begun");
    expect(await sessions.interrupt({ sessionId })).toEqual({ status: "requested", withdrawn: [], pending: [] });
    const { messageId } = await sessions.prompt({ sessionId, text: "next" });
    const [second, third] = await Promise.all([sessions.interrupt({ sessionId }), sessions.interrupt({ sessionId })]);
    expect([second, third]).toEqual([
      { status: "requested", withdrawn: [], pending: [messageId] },
      { status: "requested", withdrawn: [], pending: [messageId] },
    ]);
    mayEnd.open();
    await expect.poll(async () => dataOf(await stage.log(), "text.ended")).toMatchObject([{ text: "Answered." }]);
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "interrupt.requested")).toHaveLength(1);
  });

  it("at once with the first is one with it", async () => {
    await using stage = await setStage({ model: [[text("Half", { open: true }), wait(never)]] });
    const { holdfast, sessionId } = stage;
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    await untilShown(holdfast, sessionId, "Half");
    await Promise.all([1, 2, 3].map(() => holdfast.sessions.interrupt({ sessionId })));
    await holdfast.sessions.wait({ sessionId });
    expect(dataOf(await logOf(holdfast, sessionId), "interrupt.requested")).toHaveLength(1);
  });
});

describe("outputs.read", () => {
  it.each([1, 2, 3, 5])("with a limit of %i bytes comes to the end of an output of wide characters", async (limit) => {
    const whole = "a😀é".repeat(9_000);
    const wide = defineTool({
      name: "wide",
      description: "Is long.",
      input: z.object({}),
      output: z.string(),
      execute: () => whole,
    });
    await using stage = await setStage({
      tools: [wide],
      model: (prompt) => (toolResultsOfTurn(prompt).length > 0 ? [text("Done.")] : [toolCall("wide", {})]),
    });
    await stage.turn("Go");
    const [settled] = dataOf(await stage.log(), "tool.settled");
    const ref = settled?.outcome.status === "completed" ? (settled.outcome.output ?? "") : "";
    const { sessionId } = stage;
    let read = "";
    for (let offset = 62_900; ;) {
      const window = await stage.holdfast.outputs.read({ sessionId, ref, offset, limit });
      read += window.text;
      if (window.end === window.size) break;
      expect(window.end).toBeGreaterThan(offset);
      offset = window.end;
    }
    expect(whole.endsWith(read)).toBe(true);
    expect(read.length).toBeGreaterThan(40);
  });
});

describe("a resume while another runtime works on the session", () => {
  it("joins it, and what was only recorded is taken up when that one has ended", async () => {
    const mayEnd = createGate();
    await using stage = await setStage({
      store: shared(createMemoryStore()),
      model: [[wait(mayEnd.opened), text("First.")]],
    });
    const { holdfast, sessionId } = stage;
    await using other = await openRuntime(shared(stage.store), { model: [[text("Second.")]] });
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    await untilEvent(holdfast, sessionId, "attempt.started");
    await other.sessions.prompt({ sessionId, text: "Recorded", resume: false });
    expect(await other.sessions.resume({ sessionId })).toEqual({ status: "joined" });
    mayEnd.open();
    await expect
      .poll(async () => dataOf(await stage.log(), "text.ended"))
      .toMatchObject([{ text: "First." }, { text: "Second." }]);
    expect(await other.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    await expectSound(stage.store, sessionId);
  });
});
