import { defineTool, ToolFailure } from "@holdfast/core/tool";
import { createMemoryStore, lastUserText, scriptedModel, text, toolCall } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, openRuntime, setStage, shared } from "./stage.ts";

import type { Holdfast } from "@holdfast/core";
import type { Script } from "@holdfast/testkit";

const never = new Promise<never>(() => {});

/** A tool that fails for "bad" and counts its runs, and hangs where it is told to. */
const flaky = (seen: string[], hangs = false) =>
  defineTool({
    name: "act",
    description: "Has an effect.",
    input: z.object({ what: z.string(), note: z.string().optional() }),
    output: z.string(),
    execute: ({ what }) => {
      if (hangs && seen.length === 2) return never;
      seen.push(what);
      if (what === "bad") throw new ToolFailure("It is bad.");
      return "done";
    },
  });

/** Calls for each input in turn, one a step, and then answers. */
const calling =
  (...inputs: readonly object[]): Script =>
  (prompt) => {
    const turn = prompt.slice(prompt.findLastIndex(({ role }) => role === "user"));
    const calls = turn.filter(({ role }) => role === "tool").length;
    const input = lastUserText(prompt).startsWith("Go") ? inputs[calls] : undefined;
    return input === undefined ? [text("Done.")] : [toolCall("act", input)];
  };

const [bad, worse] = [{ what: "bad" }, { note: "x", what: "bad" }];

describe("a call that fails again and again with the same input", () => {
  it("is not run a fourth time, and the model reads why", async () => {
    const seen: string[] = [];
    await using stage = await setStage({ tools: [flaky(seen)], model: calling(bad, bad, bad, bad, bad) });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(seen).toEqual(["bad", "bad", "bad"]);
    const settled = dataOf(await stage.log(), "tool.settled").map(({ outcome }) => outcome);
    const refused = {
      status: "stopped",
      reason: "budget",
      content: expect.stringContaining("failed 3 times in a row") as string,
    };
    expect(settled.slice(3)).toMatchObject([refused, refused]);
    await expectSound(stage.store, stage.sessionId);
  });

  it("may be run again with another input, after any that was completed, and after a new prompt", async () => {
    const seen: string[] = [];
    await using stage = await setStage({
      tools: [flaky(seen)],
      model: calling(bad, bad, bad, worse, { what: "good" }, bad, bad, bad, bad),
    });
    await stage.turn("Go");
    expect(seen).toEqual(["bad", "bad", "bad", "bad", "good", "bad", "bad", "bad"]);
    await stage.turn("Go on");
    expect(seen.length).toBe(16);
  });

  it("is counted over a crash", async () => {
    const store = shared(createMemoryStore());
    const [before, after]: [string[], string[]] = [[], []];
    const model = scriptedModel(calling(bad, bad, bad, bad, bad));
    await using first = await setStage({ store, tools: [flaky(before, true)], model, limits: { graceMs: 1 } });
    const { sessionId } = first;
    await first.holdfast.sessions.prompt({ sessionId, text: "Go" });
    await expect.poll(() => before.length).toBe(2);
    await untilBegun(first.holdfast, sessionId, 3);
    await first.holdfast[Symbol.asyncDispose]();
    await using second = await openRuntime(store, {
      tools: [flaky(after)],
      model: scriptedModel(calling(bad, bad, bad, bad, bad)),
    });
    await second.sessions.resume({ sessionId });
    expect(await second.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    // The third is of unknown outcome and no failure; the fourth is the third that fails.
    expect([before.length, after.length]).toEqual([2, 1]);
  });

  it("is run as often as the runtime's limit says", async () => {
    const seen: string[] = [];
    await using stage = await setStage({
      tools: [flaky(seen)],
      model: calling(bad, bad, bad),
      limits: { identicalFailures: 1 },
    });
    await stage.turn("Go");
    expect(seen).toEqual(["bad"]);
  });
});

const untilBegun = async (holdfast: Holdfast, sessionId: string, count: number): Promise<void> => {
  let begun = 0;
  for await (const item of holdfast.sessions.events({ sessionId })) {
    if (item.kind === "event" && item.event.type === "tool.begun") begun += 1;
    if (begun === count) return;
  }
};
