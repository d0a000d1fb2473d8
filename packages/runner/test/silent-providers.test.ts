import { defineTool } from "@holdfast/core/tool";
import { createFakeClock, text, wait } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { readCallInput } from "../src/session/read-call-input.ts";
import { setStage, untilEvent, untilShown } from "./stage.ts";

const nested = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;

const never = new Promise<never>(() => {});

/** Lets time pass second by second, so that whoever wakes may sleep again. */
const pass = async (clock: ReturnType<typeof createFakeClock>, seconds: number): Promise<void> => {
  for (let second = 0; second < seconds; second++) await clock.advance(1_000);
};

describe("a provider that says nothing that counts", () => {
  it.each([
    ["120 s by default", undefined, 120],
    ["the time that the host gives it", { firstEventMs: 7_000 }, 7],
  ])("before its first event fails the attempt after %s", async (_time, watchdog, seconds) => {
    const clock = createFakeClock();
    await using stage = await setStage({ clock, watchdog, model: [[wait(never)]] });
    const { holdfast, sessionId } = stage;
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    await untilEvent(holdfast, sessionId, "attempt.started");
    await expect.poll(() => clock.sleeping).toBeGreaterThan(0);
    await pass(clock, seconds - 2);
    expect(await stage.store.snapshot(sessionId)).toMatchObject({ execution: { state: "open" } });
    await pass(clock, 4);
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({
      status: "failed",
      failure: { class: "transport", message: expect.stringContaining(`${seconds} s`) },
    });
  });

  it("in the middle of an answer fails the attempt after the other limit, and what had come stays", async () => {
    const clock = createFakeClock();
    const watchdog = { firstEventMs: 2_000, betweenEventsMs: 20_000 };
    await using stage = await setStage({ clock, watchdog, model: [[text("Half", { open: true }), wait(never)]] });
    const { holdfast, sessionId } = stage;
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    await untilShown(holdfast, sessionId, "Half");
    await pass(clock, 10);
    expect(await stage.store.snapshot(sessionId)).toMatchObject({ execution: { state: "open" } });
    await pass(clock, 15);
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({
      status: "failed",
      failure: { class: "transport" },
    });
    const { messages } = await holdfast.sessions.messages({ sessionId });
    expect(messages.at(-1)).toMatchObject({ status: "error", content: [{ type: "text", text: "Half", cut: true }] });
  });

  it.each([{ firstEventMs: 0 }, { betweenEventsMs: 1.5 }, { firstEventMs: Infinity }, { more: 1 }])(
    "is not waited for by limits that do not fit: %j",
    async (watchdog) => {
      await expect(setStage({ watchdog })).rejects.toMatchObject({ code: "argument.invalid" });
    },
  );
});

it("a call's input that is nested deeper than anything can be written again is invalid", async () => {
  const tool = defineTool({
    name: "look",
    description: "Looks.",
    input: z.looseObject({}),
    output: z.string(),
    execute: () => "seen",
  });
  expect(await readCallInput(tool, nested(500))).toMatchObject({ ok: true });
  for (const levels of [600, 20_000]) {
    expect(await readCallInput(tool, nested(levels))).toMatchObject({
      ok: false,
      outcome: { reason: "invalid-input", content: expect.stringContaining("nested") },
    });
  }
});
