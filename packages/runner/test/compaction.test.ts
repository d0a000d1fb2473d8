import { defineTool } from "@holdfast/core/tool";
import { verifySession } from "@holdfast/core/store";
import {
  createMemoryStore,
  finish,
  providerError,
  reasoning,
  refuse,
  scriptedModel,
  sha256,
  text,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import {
  asksForSummary,
  callThenAnswer,
  countTokens,
  lastText,
  noting,
  short,
  summaryStep,
  textOf,
  unpaired,
} from "./compacting.ts";
import { dataOf, openRuntime, setStage, shared } from "./stage.ts";

import type { Stage } from "./stage.ts";

const contextTokens = 32_768;
const tooLong = () => refuse(providerError({ status: 400, message: "prompt is too long" }));

const looksAt = (lines: number) =>
  defineTool({
    name: "look",
    description: "Looks at a file.",
    input: z.object({ path: z.string() }),
    output: z.string(),
    replay: "safe",
    execute: async () => "line of the file\n".repeat(lines),
  });

/** Some twelve thousand tokens a turn: the third one is too many for the window. */
const long = (mark: string): string => `${mark}: ${"many words ".repeat(4_000)}`;
const typesOf = async (stage: Stage): Promise<readonly string[]> =>
  (await stage.log()).map(({ type }) => type).filter((type) => type.startsWith("compaction."));

describe("a long session with a small window", () => {
  it("of 2,000 messages stays under the limit in every request, calls and results whole, and nothing of the log is lost", async () => {
    const { model, prompts, summaries } = noting((prompt) =>
      asksForSummary(prompt) ? summaryStep(prompt) : callThenAnswer(prompt),
    );
    await using stage = await setStage({ contextTokens, tools: [looksAt(120)], model });
    // Each turn is a person's message, a call, and an answer: three messages.
    const turns = 667;
    for (let turn = 1; turn <= turns; turn++) {
      expect(await stage.turn(`Question ${turn}: ${"please ".repeat(20)}`)).toMatchObject({ status: "completed" });
    }
    const log = await stage.log();
    const compactions = dataOf(log, "compaction.ended");
    expect(compactions.length).toBeGreaterThan(20);
    expect(dataOf(log, "compaction.failed")).toEqual([]);
    const all = [...prompts, ...summaries];
    expect(Math.max(...all.map(countTokens))).toBeLessThanOrEqual(contextTokens);
    expect(all.flatMap(unpaired)).toEqual([]);
    for (const { tokens } of compactions) expect(tokens.after).toBeLessThan(tokens.before);
    // The summary is brought up to date, and not made of summaries.
    expect(compactions.at(-1)?.summary).toBe(`## Goal\nNotes, version ${compactions.length}`);
    const { sessionId, holdfast } = stage;
    let messages = 0;
    for (let afterSeq: number | undefined = -1; afterSeq !== undefined;) {
      const page = await holdfast.sessions.messages({ sessionId, afterSeq, limit: 200 });
      messages += page.messages.length;
      afterSeq = page.nextAfterSeq;
    }
    expect(messages).toBe(turns * 3);
    const context = await holdfast.sessions.context({ sessionId });
    expect(JSON.stringify(context.messages[0])).toContain(`Notes, version ${compactions.length}`);
    expect(countTokens(context.messages)).toBeLessThan(contextTokens);
  }, 240_000);

  it("that was never compacted is, before its first request", async () => {
    const store = shared(createMemoryStore());
    await using before = await setStage({ store, model: short });
    for (let turn = 1; turn <= 6; turn++) await before.turn(long(`Turn ${turn}`));
    await before.holdfast[Symbol.asyncDispose]();
    const { model, prompts, summaries } = noting(short);
    await using holdfast = await openRuntime(store, { contextTokens, model });
    const { sessionId } = before;
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "And now?" });
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(prompts).toHaveLength(1);
    expect(summaries).toHaveLength(1);
    for (const prompt of [...prompts, ...summaries]) expect(countTokens(prompt)).toBeLessThan(contextTokens);
    expect(prompts[0]?.map(textOf).join("\n")).toContain("Notes, version 1");
  });

  it("is compacted within one activity, where a person said but one thing", async () => {
    let calls = 0;
    const { model, prompts } = noting((prompt) => {
      if (asksForSummary(prompt)) return summaryStep(prompt);
      calls += 1;
      return calls > 45 ? [text("Done."), finish("stop")] : callThenAnswer([]);
    });
    await using stage = await setStage({
      contextTokens,
      tools: [looksAt(500)],
      model,
    });
    expect(await stage.turn("Look at all of them.")).toMatchObject({ status: "completed" });
    expect((await typesOf(stage)).length).toBeGreaterThan(4);
    expect(Math.max(...prompts.map(countTokens))).toBeLessThanOrEqual(contextTokens);
    expect(prompts.flatMap(unpaired)).toEqual([]);
  });

  it("is left alone where compaction is not automatic, or its model says no limit", async () => {
    for (const options of [{ contextTokens, compaction: { auto: false } }, {}]) {
      await using stage = await setStage({ model: short, ...options });
      for (let turn = 1; turn <= 4; turn++) await stage.turn(long(`Turn ${turn}`));
      expect(await typesOf(stage)).toEqual([]);
    }
  });

  it("has the same rows when it is built again from its log, and the same request in the next process", async () => {
    const store = shared(createMemoryStore());
    await using stage = await setStage({ store, contextTokens, model: short });
    for (let turn = 1; turn <= 5; turn++) await stage.turn(long(`Turn ${turn}`));
    const { sessionId } = stage;
    const before = await stage.holdfast.sessions.context({ sessionId });
    expect(await typesOf(stage)).toContain("compaction.ended");
    expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });
    await stage.holdfast[Symbol.asyncDispose]();
    await using next = await openRuntime(store, { contextTokens, model: short });
    expect(await next.sessions.context({ sessionId })).toEqual(before);
  });
});

describe("a request that its provider finds too long", () => {
  it("is made again once the conversation was compacted, in the same message", async () => {
    const { model, prompts } = noting((prompt) => {
      if (asksForSummary(prompt)) return summaryStep(prompt);
      return countTokens(prompt) > 6_000 ? [tooLong()] : [text("Yes.")];
    });
    await using stage = await setStage({ contextTokens, model });
    await stage.turn(`One: ${"word ".repeat(3_600)}`);
    expect(await stage.turn(`Two: ${"word ".repeat(3_600)}`)).toMatchObject({ status: "completed" });
    expect(await typesOf(stage)).toEqual(["compaction.started", "compaction.ended"]);
    const log = await stage.log();
    expect(dataOf(log, "compaction.started")).toMatchObject([{ reason: "overflow" }]);
    const [, second, third] = dataOf(log, "attempt.started");
    expect(third).toMatchObject({ stepId: second?.stepId, messageId: second?.messageId, attempt: 2 });
    expect(prompts).toHaveLength(3);
  });

  it("fails after one recovery where it is too long all the same, and never loops", async () => {
    const { model, prompts, summaries } = noting((prompt) => {
      if (asksForSummary(prompt)) return summaryStep(prompt);
      return lastText(prompt).startsWith("One") ? [text("Yes.")] : [tooLong()];
    });
    await using stage = await setStage({ contextTokens, model });
    await stage.turn(long("One"));
    const outcome = await stage.turn("Two");
    expect(outcome).toMatchObject({ status: "failed", failure: { class: "context-overflow" } });
    expect(summaries).toHaveLength(1);
    expect(prompts).toHaveLength(3);
    expect(await typesOf(stage)).toEqual(["compaction.started", "compaction.ended"]);
  });

  it("fails at once where compaction is not automatic, and where there is nothing to compact", async () => {
    for (const compaction of [{ auto: false }, { auto: true }]) {
      const { model, prompts } = noting(() => [tooLong()]);
      await using stage = await setStage({ contextTokens, model, compaction });
      expect(await stage.turn("Go")).toMatchObject({ status: "failed", failure: { class: "context-overflow" } });
      expect(prompts).toHaveLength(1);
    }
  });
});

describe("a compaction that comes to nothing", () => {
  it("is seen and charged, the conversation goes on, and after three in a row none is made any more", async () => {
    const { model, summaries } = noting((prompt) =>
      asksForSummary(prompt) ? [text("long ".repeat(20_000)), finish("stop")] : [text("Yes.")],
    );
    await using stage = await setStage({ contextTokens: 4_000, model });
    // A window in which not even the shortest request has room, so that no summary helps.
    for (let turn = 1; turn <= 6; turn++)
      expect(await stage.turn(`Turn ${turn}: ${"word ".repeat(2_600)}`)).toMatchObject({ status: "completed" });
    const log = await stage.log();
    const ends = [...dataOf(log, "compaction.ended"), ...dataOf(log, "compaction.failed")];
    expect(summaries).toHaveLength(3);
    expect(ends.map(({ streak }) => streak)).toEqual([1, 2, 3]);
  });

  it("says so where its model used up its tokens with thinking, for which it has as many as for the summary", async () => {
    const model = scriptedModel((prompt) =>
      asksForSummary(prompt) ? [reasoning("Hm. ".repeat(100)), finish("length")] : [text("Yes.")],
    );
    await using stage = await setStage({ contextTokens, model });
    for (let turn = 1; turn <= 3; turn++) await stage.turn(long(`Turn ${turn}`));
    expect(model.requests.find(({ prompt }) => asksForSummary(prompt))?.maxOutputTokens).toBe(8_192);
    expect(dataOf(await stage.log(), "compaction.failed")[0]?.failure).toMatchObject({
      class: "incomplete-stream",
      message: expect.stringContaining("used up the 8192 tokens"),
    });
  });

  it("is made again like any request, each with an end and a charge of its own", async () => {
    const { model, summaries } = noting((prompt) => {
      if (!asksForSummary(prompt)) return [text("Yes.")];
      return summaries.length < 3
        ? [refuse(providerError({ status: 529, message: "overloaded" }))]
        : summaryStep(prompt);
    });
    await using stage = await setStage({ contextTokens, model, retries: { limit: 4, firstMs: 1 } });
    for (let turn = 1; turn <= 3; turn++) await stage.turn(long(`Turn ${turn}`));
    const log = await stage.log();
    expect(dataOf(log, "compaction.started").map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(dataOf(log, "compaction.failed").map(({ retry }) => retry?.retry)).toEqual([1, 2]);
    expect(dataOf(log, "compaction.ended")).toHaveLength(1);
  });

  it("counts in the session's totals and in its budget", async () => {
    await using stage = await setStage({ contextTokens, model: short });
    for (let turn = 1; turn <= 3; turn++) await stage.turn(long(`Turn ${turn}`));
    const info = await stage.holdfast.sessions.get({ sessionId: stage.sessionId });
    // Three answers and a summary, each of 100 tokens in and 25 out.
    expect(info?.usage).toMatchObject({ inputTokens: 400, outputTokens: 100 });
  });
});
