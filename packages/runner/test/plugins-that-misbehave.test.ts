import { silentLogger } from "@holdfast/core";
import { definePlugin } from "@holdfast/core/plugin";
import { createFakeClock } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { acting, script } from "./one-effect.ts";
import { dataOf, setStage } from "./stage.ts";

import type { Logger, Rule } from "@holdfast/core";
import type { Plugin, PluginContext } from "@holdfast/core/plugin";

const authorizing = (tap: Parameters<PluginContext["hooks"]["toolCallAuthorizing"]["tapPromise"]>[0]): Plugin =>
  definePlugin({ name: "guard", setup: ({ hooks }) => hooks.toolCallAuthorizing.tapPromise(tap) });

const observing = (tap: Parameters<PluginContext["hooks"]["eventsCommitted"]["tapPromise"]>[0]): Plugin =>
  definePlugin({ name: "observer", setup: ({ hooks }) => hooks.eventsCommitted.tapPromise(tap) });

describe("a tap of toolCallAuthorizing", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("no idea");
      },
    ],
    ["rejects with nothing", () => Promise.reject(new Error(""))],
    ["answers with what is no authorization", () => "allow" as never],
    ["answers with an effect that nobody knows", (call: object) => ({ ...call, effect: "maybe" }) as never],
    ["denies", (call: object) => ({ ...call, effect: "deny" }) as never],
    ["asks, where nobody can be asked", (call: object) => ({ ...call, effect: "ask" }) as never],
  ])("that %s denies the call, which is not begun, and the model goes on", async (_name, tap) => {
    const { act, runs } = acting();
    await using stage = await setStage({
      model: script,
      tools: [act],
      plugins: [authorizing(tap)],
      asks: { policy: "deny" },
    });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    const log = await stage.log();
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "stopped", reason: "denied-by-policy" } }]);
    expect(dataOf(log, "tool.begun")).toEqual([]);
    expect(runs).toEqual([]);
    await expectSound(stage.store, stage.sessionId);
  });

  it("that hangs denies the call after 10 s", async () => {
    const clock = createFakeClock();
    const { act, runs } = acting();
    const asked = Promise.withResolvers<void>();
    const tap = () => {
      asked.resolve();
      return new Promise<never>(() => {});
    };
    await using stage = await setStage({
      model: script,
      tools: [act],
      plugins: [authorizing(tap)],
      clock,
    });
    const turn = stage.turn("Go");
    await asked.promise;
    await clock.advance(9_999);
    expect(dataOf(await stage.log(), "tool.settled")).toEqual([]);
    await clock.advance(1);
    expect(await turn).toMatchObject({ status: "completed" });
    const [settled] = dataOf(await stage.log(), "tool.settled");
    expect(settled?.outcome).toMatchObject({ status: "stopped", reason: "denied-by-policy" });
    expect(settled?.outcome.content).toMatch(/guard.*toolCallAuthorizing.*10000 ms/s);
    expect(runs).toEqual([]);
  });

  it("that answers nothing leaves the call as it was", async () => {
    const { act, runs } = acting();
    await using stage = await setStage({ model: script, tools: [act], plugins: [authorizing(() => {})] });
    await stage.turn("Go");
    expect(runs).toHaveLength(1);
  });

  it.each([
    ["a configured deny", "deny"],
    ["a rule that says ask", "ask"],
  ] as const)("that allows does not lift %s", async (_name, effect) => {
    const { act, runs } = acting();
    const rules: readonly Rule[] = [{ action: "act", resource: "*", effect }];
    const loosen = authorizing((call) => ({ ...call, effect: "allow" }));
    await using stage = await setStage({
      model: script,
      tools: [act],
      plugins: [loosen],
      rules,
      asks: { policy: "deny" },
    });
    await stage.turn("Go");
    expect(dataOf(await stage.log(), "tool.settled")).toMatchObject([{ outcome: { reason: "denied-by-policy" } }]);
    expect(runs).toEqual([]);
  });
});

describe("a tap of eventsCommitted", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("no idea");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no idea"))],
  ])("that %s undoes nothing, and is reported by its plugin's name", async (_name, tap) => {
    const { act, runs } = acting();
    const reports: unknown[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (message, data) => void reports.push({ message, ...data }),
    };
    await using stage = await setStage({ model: script, tools: [act], plugins: [observing(tap)], logger });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(await stage.turn("And?")).toMatchObject({ status: "completed" });
    expect(runs).toHaveLength(1);
    await expectSound(stage.store, stage.sessionId);
    await expect.poll(() => reports).toContainEqual(expect.objectContaining({ plugin: "observer" }));
  });

  it("that hangs holds neither the turn nor another plugin's tap of the same commit", async () => {
    const seen: string[] = [];
    const other = definePlugin({
      name: "other",
      setup: ({ hooks }) => {
        hooks.eventsCommitted.tapPromise(({ events }) => {
          seen.push(...events.map(({ type }) => type));
        });
      },
    });
    const clock = createFakeClock();
    const hanging = observing(() => new Promise(() => {}));
    const stage = await setStage({ model: script, plugins: [hanging, other], clock });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
    await expect.poll(() => seen).toContain("execution.started");
    const closing = stage[Symbol.asyncDispose]();
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(10_000);
    await closing;
  });

  it("is told of every event of its Location once, in order", async () => {
    const { act } = acting();
    const seqs: number[] = [];
    const counting = observing(({ events }) => {
      seqs.push(...events.map(({ seq }) => seq));
    });
    await using stage = await setStage({ model: script, tools: [act], plugins: [counting] });
    await stage.turn("Go");
    await stage.turn("And?");
    const log = await stage.log();
    await expect.poll(() => seqs.at(-1)).toBe(log.length - 1);
    // The first events of a session come before its Location is opened.
    expect(seqs).toEqual(log.map(({ seq }) => seq).slice(-seqs.length));
    expect(seqs.length).toBeGreaterThan(10);
  });
});
