import { defineTool, ToolFailure } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { createGate } from "../model/gate.ts";
import { cut, text, toolCall } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, dataOf, setStage } from "./stage.ts";

import type { Tool } from "@holdfast/core/tool";
import type { FacadeSubject } from "./facade-subject.ts";

const tool = (name: string, execute: (input: { value?: string | undefined }) => unknown): Tool =>
  defineTool({
    name,
    description: `The tool ${name}.`,
    input: z.object({ value: z.string().optional() }),
    output: z.string(),
    execute: (input) => execute(input) as Promise<string>,
  });

/** Settlement: one outcome for every call, and a text of its own for each reason. */
export const describeSettling = (subject: FacadeSubject): void => {
  it("a call is durable, then begun, then settled, and the model is shown its result", async () => {
    await using stage = await setStage(subject, {
      tools: [tool("echo", ({ value }) => `echo ${value}`)],
      script: [[text("Let me see."), toolCall("echo", { value: "hi" })], [text("Done.")]],
    });
    await stage.turn("Go");
    const log = await stage.log();
    const order = log.filter(({ type }) => type.startsWith("tool.")).map(({ type }) => type);
    expect(order).toEqual(["tool.called", "tool.begun", "tool.settled"]);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "completed", content: "echo hi" } }]);
    const shown = stage.model.requests[1]?.prompt.at(-1);
    expect(shown).toMatchObject({
      role: "tool",
      content: [{ type: "tool-result", output: { type: "text", value: "echo hi" } }],
    });
  });

  it("calls of one step run at the same time, and each is settled once", async () => {
    const all = createGate();
    let running = 0;
    const meet = tool("meet", async () => {
      running += 1;
      if (running === 3) all.open();
      await all.opened;
      return "met";
    });
    await using stage = await setStage(subject, {
      tools: [meet],
      script: [[toolCall("meet", {}), toolCall("meet", {}), toolCall("meet", {})], [text("Done.")]],
    });
    await stage.turn("Go");
    const settled = dataOf(await stage.log(), "tool.settled");
    expect(settled.map(({ outcome }) => outcome.content)).toEqual(["met", "met", "met"]);
    expect(new Set(settled.map(({ callId }) => callId)).size).toBe(3);
  });

  it("what may not or cannot run is settled with its reason, without being begun, and the session goes on", async () => {
    await using stage = await setStage(subject, {
      tools: [tool("denied", () => "ran"), tool("asked", () => "ran"), tool("strict", () => "ran")],
      rules: [
        { action: "*", resource: "*", effect: "allow" },
        { action: "asked", resource: "*", effect: "ask" },
        { action: "denied", resource: "*", effect: "deny" },
      ],
      asks: { policy: "deny" },
      script: [
        [
          toolCall("denied", {}),
          toolCall("asked", {}),
          toolCall("absent", {}),
          toolCall("strict", { value: 1 }),
          toolCall("strict", "[1]"),
        ],
        [text("I see.")],
      ],
    });
    await stage.turn("Go");
    const log = await stage.log();
    const outcomes = dataOf(log, "tool.called").map(
      ({ callId }) => dataOf(log, "tool.settled").find((settled) => settled.callId === callId)?.outcome,
    );
    expect(outcomes).toMatchObject([
      { status: "stopped", reason: "denied-by-policy" },
      { status: "stopped", reason: "denied-by-policy" },
      { status: "stopped", reason: "unknown-tool" },
      { status: "stopped", reason: "invalid-input" },
      { status: "stopped", reason: "invalid-input" },
    ]);
    expect(outcomes[1]?.content).toContain("cannot ask");
    expect(new Set(outcomes.map((outcome) => outcome?.content)).size).toBe(5);
    expect(dataOf(log, "tool.begun")).toEqual([]);
    expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "completed" }]);
  });

  it("a tool's failure is shown to the model as it is, a defect as one, and output that does not fit is no success", async () => {
    await using stage = await setStage(subject, {
      tools: [
        tool("fails", () => {
          throw new ToolFailure("There is no such file.");
        }),
        tool("breaks", () => {
          throw new RangeError("off by one");
        }),
        tool("lies", () => 42),
      ],
      script: [[toolCall("fails", {}), toolCall("breaks", {}), toolCall("lies", {})], [text("I see.")]],
    });
    await stage.turn("Go");
    const outcomes = dataOf(await stage.log(), "tool.settled").map(({ outcome }) => outcome);
    expect(outcomes).toContainEqual({ status: "failed", kind: "tool-failure", content: "There is no such file." });
    expect(outcomes).toContainEqual(expect.objectContaining({ status: "failed", kind: "defect" }));
    expect(outcomes).toContainEqual(expect.objectContaining({ status: "failed", kind: "invalid-output" }));
  });

  it("a result over the bound is shown by head and tail, and its whole is read by reference, in this session only", async () => {
    const whole = Array.from({ length: 5_000 }, (_, line) => `line ${line} äöü`).join("\n");
    await using stage = await setStage(subject, {
      tools: [tool("long", () => whole)],
      script: [[toolCall("long", {})], [text("Done.")]],
    });
    await stage.turn("Go");
    const [settled] = dataOf(await stage.log(), "tool.settled");
    const outcome = settled?.outcome;
    const ref = outcome?.output ?? "";
    expect(outcome?.content.split("\n").length).toBeLessThanOrEqual(2_000);
    expect(outcome?.content).toContain("line 0 ");
    expect(outcome?.content).toContain("line 4999");
    expect(outcome?.content).toContain(ref);
    const { outputs, sessions } = stage.holdfast;
    let read = "";
    for (let offset = 0; ;) {
      const page = await outputs.read({ sessionId: stage.session.id, ref, offset, limit: 10_007 });
      read += page.text;
      offset = page.end;
      if (page.end === page.size) break;
    }
    expect(read).toBe(whole);
    const other = await sessions.create({ location: { directory: stage.directory } });
    expect(await codeOf(outputs.read({ sessionId: other.id, ref }))).toBe("output.not-found");
  });

  it("a call that a cut stream left half written is no call", async () => {
    await using stage = await setStage(subject, {
      tools: [tool("echo", () => "ran")],
      script: [[toolCall("echo", '{"value": "h'), cut()]],
    });
    await stage.turn("Go");
    const log = await stage.log();
    expect(dataOf(log, "tool.called")).toEqual([]);
    expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "failed" }]);
  });
};
