import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createFakeClock, createGate, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { acting, script } from "./one-effect.ts";
import { dataOf, setStage } from "./stage.ts";

import type { Plugin, PluginContext } from "@holdfast/core/plugin";
import type { Script } from "@holdfast/testkit";

type AuthorizingTap = Parameters<PluginContext["hooks"]["toolCallAuthorizing"]["tapPromise"]>[0];

const authorizing = (tap: AuthorizingTap, name = "guard"): Plugin =>
  definePlugin({ name, setup: ({ hooks }) => hooks.toolCallAuthorizing.tapPromise(tap) });

const observing = (tap: Parameters<PluginContext["hooks"]["eventsCommitted"]["tapPromise"]>[0]): Plugin =>
  definePlugin({ name: "observer", setup: ({ hooks }) => hooks.eventsCommitted.tapPromise(tap) });

const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const never = new Promise<never>(() => {});

const reporting = () => {
  const reports: { readonly level: string; readonly message: string; readonly [key: string]: unknown }[] = [];
  const at = (level: string) => (message: string, data?: object) => void reports.push({ level, message, ...data });
  return { reports, logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") } };
};

const calling: Script = (prompt) =>
  toolResultsOfTurn(prompt).length === 0 ? [toolCall("act", { paths: [{ path: "a" }] })] : [text("I see.")];

describe("a tap of toolCallAuthorizing", () => {
  it.each([
    ["answers null", () => null as never],
    ["answers with an effect that only reads like one", (call: object) => ({ ...call, effect: ["allow"] }) as never],
    [
      "answers one effect to the check and another to the use",
      (call: object) => {
        const effects = ["deny", "allow"];
        return Object.defineProperty({ ...call }, "effect", { get: () => effects.shift() ?? "allow" }) as never;
      },
    ],
  ])("that %s denies the call", async (_name, tap) => {
    const { act, runs } = acting();
    await using stage = await setStage({ model: script, tools: [act], plugins: [authorizing(tap)] });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "tool.settled")).toMatchObject([{ outcome: { reason: "denied-by-policy" } }]);
    expect(runs).toEqual([]);
  });

  it("that allows does not lift what another plugin refused, whichever is asked first", async () => {
    const deny = authorizing((call) => ({ ...call, effect: "deny" }), "denies");
    const allow = authorizing((call) => ({ ...call, effect: "allow" }), "allows");
    for (const plugins of [
      [deny, allow],
      [allow, deny],
    ]) {
      const { act, runs } = acting();
      await using stage = await setStage({ model: script, tools: [act], plugins });
      await stage.turn("Go");
      expect(dataOf(await stage.log(), "tool.settled")).toMatchObject([{ outcome: { reason: "denied-by-policy" } }]);
      expect(runs).toEqual([]);
    }
  });

  it("gets a copy of the input that it cannot change, however deep", async () => {
    const got: unknown[] = [];
    const act = defineTool({
      name: "act",
      description: "Has an effect.",
      input: z.object({ paths: z.array(z.object({ path: z.string() })) }),
      output: z.string(),
      execute: (input) => `run ${got.push(input)}`,
    });
    const changed: boolean[] = [];
    const nosy = authorizing(({ input }) => {
      const { paths } = input as { paths: { path: string }[] };
      changed.push(Reflect.set(paths[0] ?? {}, "path", "/etc/passwd"), Reflect.set(paths, "length", 0));
    });
    await using stage = await setStage({ model: calling, tools: [act], plugins: [nosy] });
    await stage.turn("Go");
    expect(changed).toEqual([false, false]);
    expect(got).toEqual([{ paths: [{ path: "a" }] }]);
  });

  it("that is no function is refused when it is tapped", async () => {
    await using stage = await setStage({ model: script, plugins: [authorizing("allow" as never)] });
    const { status, failure } = await stage.turn("Hi");
    expect(status).toBe("failed");
    expect(failure?.message).toMatch(/"guard".*string.*function/);
  });
});

describe("a tap of eventsCommitted", () => {
  it("that hangs keeps nothing from another plugin's tap", async () => {
    const seen: string[] = [];
    const other = definePlugin({
      name: "other",
      setup: ({ hooks }) => {
        hooks.eventsCommitted.tapPromise(({ events }) => void seen.push(...events.map(({ type }) => type)));
      },
    });
    const clock = createFakeClock();
    await using stage = await setStage({
      model: script,
      plugins: [observing(() => never), other],
      clock,
      limits: { graceMs: 0 },
    });
    await stage.turn("Hi");
    await expect.poll(() => seen).toContain("execution.ended");
    const closing = stage.holdfast[Symbol.asyncDispose]();
    await turnOfLoop();
    await clock.advance(0);
    await closing;
  });

  it("that hangs is given up 5 s after a disposal began, and it is said how many commits it was not told of", async () => {
    const clock = createFakeClock();
    const { reports, logger } = reporting();
    await using stage = await setStage({ model: script, plugins: [observing(() => never)], clock, logger });
    await stage.turn("Hi");
    const state = { done: false };
    const closing = stage.holdfast[Symbol.asyncDispose]().then(() => (state.done = true));
    await turnOfLoop();
    await clock.advance(4_999);
    expect(state.done).toBe(false);
    await clock.advance(1);
    await closing;
    expect(reports).toContainEqual(
      expect.objectContaining({ level: "warn", plugin: "observer", dropped: expect.any(Number) }),
    );
  });

  it("that is too slow is not told of what its queue has no room for, which is said and counted, and is told again later", async () => {
    const { reports, logger } = reporting();
    const gate = createGate();
    const told: string[] = [];
    const slow = observing(async ({ events }) => {
      await gate.opened;
      told.push(...events.map(({ type }) => type));
    });
    await using stage = await setStage({ model: script, plugins: [slow], logger, limits: { inboxInputs: 2_000 } });
    await stage.turn("Hi");
    const { sessionId } = stage;
    const admit = () => stage.holdfast.sessions.prompt({ sessionId, text: "More", resume: false });
    for (let round = 0; round < 1_100; round++) await admit();
    const about = () => reports.filter(({ plugin }) => plugin === "observer");
    await expect.poll(about).toMatchObject([{ level: "warn", message: expect.stringContaining("too slow") }]);
    gate.open();
    await expect.poll(about).toMatchObject([{}, { level: "warn", dropped: expect.any(Number) }]);
    const dropped = Number(about()[1]?.["dropped"]);
    expect(told.filter((type) => type === "input.admitted").length + dropped).toBeGreaterThanOrEqual(1_100);
    told.length = 0;
    await admit();
    await expect.poll(() => told).toEqual(["input.admitted"]);
  });

  it("cannot change what other readers get", async () => {
    const changed: boolean[] = [];
    const nosy = observing(({ events }) => {
      for (const event of events) changed.push(Reflect.set(event.data, "text", "lies"), Reflect.set(event, "seq", -1));
    });
    // Not over the memory store, which freezes what it keeps by itself.
    const store = await openSqliteStore({ path: ":memory:" });
    await using stage = await setStage({ store, model: script, plugins: [nosy] });
    await stage.turn("Hi");
    await expect.poll(() => changed.length).toBeGreaterThan(4);
    expect(new Set(changed)).toEqual(new Set([false]));
    await expectSound(stage.store, stage.sessionId);
  });
});
