import { silentLogger } from "@holdfast/core";
import { definePlugin } from "@holdfast/core/plugin";
import { createFakeClock } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { setStage } from "./stage.ts";
import { remembering, sourceOf, systemOf, telling, textsOf } from "./told-context.ts";

import type { Logger } from "@holdfast/core";
import type { ContextSource } from "@holdfast/core/plugin";

const bad = (key: string, part: Partial<Record<keyof ContextSource, () => unknown>>): ContextSource =>
  ({ ...sourceOf(key, () => "1"), ...part }) as ContextSource;

const many = (name: string, count: number) =>
  telling(name, ...Array.from({ length: count }, (_, index) => sourceOf(`${name}/${index}`, () => "1")));

// oxlint-disable-next-line unicorn/no-thenable -- they are what is waited for
const toThenable = (then: (settle: (found: unknown) => void) => void) => ({ then });

/** A plugin whose tap adds a source. */
const tapping = (source: ContextSource) =>
  definePlugin({
    name: "tapping",
    setup: ({ hooks }) =>
      hooks.contextCollecting.tapPromise((given) => ({ ...given, sources: [...given.sources, source] })),
  });

describe("a source", () => {
  it("of a plugin that is removed is told to be gone in the words that it left, at the next step", async () => {
    const { prompts, model } = remembering();
    await using stage = await setStage({
      model,
      plugins: [
        telling(
          "teller",
          sourceOf("t/a", () => "1"),
        ),
        telling(
          "other",
          sourceOf("t/b", () => "2"),
        ),
      ],
    });
    await stage.turn("One");
    await stage.holdfast.removePlugin("teller");
    const before = (await stage.log()).length;
    expect((await stage.holdfast.sessions.context({ sessionId: stage.sessionId })).messages.at(-1)).toMatchObject({
      role: "user",
    });
    expect(await stage.log()).toHaveLength(before);
    await stage.turn("Two");
    expect(textsOf(prompts[1])).toEqual(["One", "Two", "<system-update>\nt/a was 1, and is gone.\n</system-update>"]);
    const { messages } = await stage.holdfast.sessions.messages({ sessionId: stage.sessionId });
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user", "system", "assistant"]);
  });

  it("that hangs keeps what it told last, delays one step by 5 s, and no step after it until it answers", async () => {
    const clock = createFakeClock();
    const warnings: unknown[] = [];
    const logger: Logger = {
      debug() {},
      info() {},
      error() {},
      warn: (message, data) => void warnings.push([message, data]),
    };
    let answer: ((value: string) => void) | undefined;
    let isHanging = false;
    const source: ContextSource<string> = {
      ...sourceOf("t/a", () => "1"),
      load: () => (isHanging ? new Promise<string>((resolve) => (answer = resolve)) : "1"),
    };
    const { prompts, model } = remembering();
    await using stage = await setStage({ model, plugins: [telling("teller", source)], clock, logger });
    await stage.turn("One");
    isHanging = true;
    const turn = stage.turn("Two");
    const state = { isOver: false };
    turn.finally(() => (state.isOver = true)).catch(() => undefined);
    while (!state.isOver) await clock.advance(1_000);
    await turn;
    await stage.turn("Three");
    answer?.("2");
    isHanging = false;
    await Promise.resolve();
    await stage.turn("Four");
    expect(textsOf(prompts.at(-1))).toEqual(["One", "Two", "Three", "Four"]);
    expect(prompts.map(systemOf)).toEqual(Array(4).fill("t/a is 1."));
    expect(warnings).toEqual([[expect.stringContaining("unavailable"), expect.objectContaining({ key: "t/a" })]]);
  });

  it("whose answer is no real promise, and comes to nothing, is waited for no longer than another", async () => {
    const clock = createFakeClock();
    const never = toThenable(() => undefined);
    const hanging = [never, toThenable((settle) => settle(never))];
    const sources = hanging.map((answer, index) => bad(`t/hangs-${index}`, { load: () => answer }));
    const { prompts, model } = remembering();
    const good = sourceOf("t/good", () => "1");
    await using stage = await setStage({ model, plugins: [telling("teller", ...sources, good)], clock });
    const state: { outcome?: unknown } = {};
    const turn = stage.turn("One").then((found) => (state.outcome = found));
    for (let passed = 0; passed < 100 && state.outcome === undefined; passed++) await clock.advance(1_000);
    expect(state.outcome).toMatchObject({ status: "completed" });
    await turn;
    expect(prompts.map(systemOf)).toEqual(["t/good is 1."]);
  });

  it("of a plugin that takes the place of another is asked, whatever the other's has not answered yet", async () => {
    const clock = createFakeClock();
    const hanging = bad("t/a", { load: () => new Promise(() => undefined) });
    const { prompts, model } = remembering();
    const plugins = [telling("teller", hanging), tapping({ ...hanging, key: "t/b" })];
    await using stage = await setStage({ model, plugins, clock });
    const state = { isOver: false };
    const turn = stage.turn("One").finally(() => (state.isOver = true));
    while (!state.isOver) await clock.advance(1_000);
    await turn;
    await stage.holdfast.replacePlugin(
      telling(
        "teller",
        sourceOf("t/a", () => "1"),
      ),
    );
    await stage.holdfast.replacePlugin(tapping(sourceOf("t/b", () => "2")));
    await stage.turn("Two");
    expect(prompts.map(systemOf)).toEqual([false, "t/a is 1.\n\nt/b is 2."]);
  });

  it("that tells no text, no JSON or too much is unavailable, or cut, and nothing else is lost", async () => {
    const { prompts, model } = remembering();
    const sources = [
      bad("t/text", { baseline: () => 1 }),
      bad("t/json", { load: () => () => 1 }),
      bad("t/throws", {
        removal: () => {
          throw new Error("no");
        },
      }),
      bad("t/long", { baseline: () => "a\ud83d".repeat(40_000) }),
      sourceOf("t/good", () => "1"),
    ];
    await using stage = await setStage({ model, plugins: [telling("teller", ...sources)] });
    expect(await stage.turn("One")).toMatchObject({ status: "completed" });
    const system = String(systemOf(prompts[0]));
    expect(system).toMatch(/^a\ufffd[\s\S]+ bytes in all[\s\S]+\n\nt\/good is 1\.$/);
    expect(Buffer.byteLength(system)).toBeLessThan(33 * 1024);
    await expectSound(stage.store, stage.sessionId);
  });

  it("that is one too many is told once there is room, which is reported once; and all of them may go at once", async () => {
    const warnings: unknown[] = [];
    const logger: Logger = { ...silentLogger, warn: (message, data) => void warnings.push([message, data]) };
    const { prompts, model } = remembering();
    await using stage = await setStage({ model, logger, plugins: [many("a", 100), many("b", 300)] });
    await stage.turn("One");
    await stage.turn("Two");
    const system = String(systemOf(prompts[1]));
    expect(system.split("\n\n")).toHaveLength(128);
    expect(system).toMatch(/b\/27 is 1\.$/);
    expect(textsOf(prompts[1])).toEqual(["One", "Two"]);
    await stage.holdfast.removePlugin("a");
    await stage.turn("Three");
    const told = textsOf(prompts[2]).at(-1) ?? "";
    expect(told).toContain("a/99 was 1, and is gone.");
    expect(told.match(/ is 1\./g)).toHaveLength(100);
    await stage.holdfast.removePlugin("b");
    expect(await stage.turn("Four")).toMatchObject({ status: "completed" });
    expect(
      textsOf(prompts[3])
        .at(-1)
        ?.match(/ was 1, and is gone\./g),
    ).toHaveLength(128);
    expect(warnings).toEqual([[expect.stringContaining("128"), { directory: stage.directory, sources: 400 }]]);
    await expectSound(stage.store, stage.sessionId);
  });

  it("of a key that is taken is refused, whoever has it, and so is what is no source", async () => {
    const refused: unknown[] = [];
    const trying = (name: string, source: unknown) =>
      definePlugin({
        name,
        setup: ({ context }) => {
          try {
            context.register(source as ContextSource);
            context.register(source as ContextSource);
          } catch (error) {
            refused.push(error);
          }
        },
      });
    const source = sourceOf("t/a", () => "1");
    const { prompts, model } = remembering();
    const plugins = [
      trying("one", source),
      trying("two", source),
      trying("three", { ...source, key: "No key" }),
      trying("four", { ...source, key: "t/b", load: 1 }),
      trying(
        "five",
        sourceOf("t/__proto__", () => "1"),
      ),
    ];
    await using stage = await setStage({ model, plugins });
    await stage.turn("One");
    expect(refused).toHaveLength(5);
    for (const error of refused) expect(error).toMatchObject({ code: "plugin.invalid" });
    expect(systemOf(prompts[0])).toBe("t/a is 1.\n\nt/__proto__ is 1.");
  });
});
