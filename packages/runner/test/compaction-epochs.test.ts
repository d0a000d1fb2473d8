import { definePlugin } from "@holdfast/core/plugin";
import { planPrune, verifySession } from "@holdfast/core/store";
import { createMemoryStore, providerError, refuse, sha256, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { asksForSummary, countTokens, noting, short, summaryStep } from "./compacting.ts";
import { dataOf, openRuntime, setStage, shared } from "./stage.ts";

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

  it("leaves out what was told before it of the system context, also where the message of that stays, and nothing after it", async () => {
    const place = { value: "Rome" };
    const store = createMemoryStore();
    const { model, prompts } = noting(short);
    const plugins = [placing(place)];
    const told = (): readonly string[] =>
      [...JSON.stringify(prompts.at(-1)).matchAll(/The place is (\w+)\./g)].map(([, name = ""]) => name);
    await using stage = await setStage({ store: shared(store), model, plugins });
    const { sessionId, holdfast } = stage;
    await stage.turn(`One: ${"word ".repeat(14_000)}`);
    place.value = "Oslo";
    await stage.turn("Two");
    expect(told()).toEqual(["Rome", "Oslo"]);
    place.value = "Lima";
    const { cursor } = await holdfast.sessions.compact({ sessionId });
    await holdfast.sessions.wait({ sessionId, after: cursor });
    await stage.turn("Three");
    expect(told()).toEqual(["Lima"]);
    expect(JSON.stringify(prompts.at(-1))).toContain("Two");
    place.value = "Kyiv";
    await stage.turn("Four");
    const shown = prompts.at(-1) ?? [];
    expect(told()).toEqual(["Lima", "Kyiv"]);
    // Where the events are gone, the rows say the same.
    const plan = await planPrune(store, sessionId, { policy: { now: 0, keepEvents: 0 }, hash: sha256 });
    if (plan === null) throw new Error("expected a plan to prune, found none");
    await store.prune(plan);
    await holdfast[Symbol.asyncDispose]();
    await using again = await openRuntime(shared(store), { model, plugins });
    const five = await again.sessions.prompt({ sessionId, text: "Five" });
    await again.sessions.wait({ sessionId, after: five.cursor });
    expect(prompts.at(-1)?.slice(0, shown.length)).toEqual(shown);
    expect((await verifySession(store, sessionId, sha256)).projections).toEqual([]);
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
