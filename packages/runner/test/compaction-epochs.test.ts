import { definePlugin } from "@holdfast/core/plugin";
import { providerError, refuse, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { asksForSummary, countTokens, noting, short, summaryStep } from "./compacting.ts";
import { dataOf, setStage } from "./stage.ts";

import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { Plugin } from "@holdfast/core/plugin";

/** A source of the system context whose value the test changes. */
const placing = (place: { value: string }): Plugin =>
  definePlugin({
    name: "placing",
    setup: ({ context }) => {
      context.register({
        key: "placing/place",
        load: () => place.value,
        baseline: () => `The place is ${place.value}.`,
        removal: () => "There is no place.",
      });
    },
  });

const systemOf = ([first]: LanguageModelV4Prompt): unknown => (first?.role === "system" ? first.content : undefined);

describe("a compaction", () => {
  it("opens a new epoch: the next step tells the system context as it is then, before the summary", async () => {
    const place = { value: "Rome" };
    const { model, prompts } = noting(short);
    await using stage = await setStage({ model, plugins: [placing(place)] });
    const { sessionId, holdfast } = stage;
    await stage.turn(`One: ${"word ".repeat(14_000)}`);
    place.value = "Oslo";
    await stage.turn(`Two: ${"word ".repeat(14_000)}`);
    expect(prompts.map(systemOf)).toEqual(["The place is Rome.", "The place is Rome."]);
    const { cursor } = await holdfast.sessions.compact({ sessionId });
    await holdfast.sessions.wait({ sessionId, after: cursor });
    await stage.turn("Three");
    await stage.turn("Four");
    expect(prompts.slice(2).map(systemOf)).toEqual(["The place is Oslo.", "The place is Oslo."]);
    expect(JSON.stringify(prompts[2]?.[1])).toContain("Notes, version 1");
    const told = dataOf(await stage.log(), "context.admitted");
    expect(told.map(({ messageId }) => messageId === undefined)).toEqual([true, false, true]);
  });

  it("within a step, where its request was too long, tells the attempt that comes after it the same", async () => {
    const place = { value: "Rome" };
    const { model, prompts } = noting((prompt) => {
      if (asksForSummary(prompt)) return summaryStep(prompt);
      return countTokens(prompt) > 6_000
        ? [refuse(providerError({ status: 413, message: "too long" }))]
        : [text("Yes.")];
    });
    await using stage = await setStage({ contextTokens: 32_768, model, plugins: [placing(place)] });
    await stage.turn(`One: ${"word ".repeat(3_600)}`);
    expect(await stage.turn(`Two: ${"word ".repeat(3_600)}`)).toMatchObject({ status: "completed" });
    expect(prompts.map(systemOf)).toEqual(["The place is Rome.", "The place is Rome.", "The place is Rome."]);
    const types = (await stage.log()).map(({ type }) => type);
    const at = types.indexOf("compaction.ended");
    expect(types.slice(at, at + 3)).toEqual(["compaction.ended", "context.admitted", "attempt.started"]);
  });
});
