import { silentLogger } from "@holdfast/core";
import { definePlugin } from "@holdfast/core/plugin";
import { createFakeClock, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { calling, contents, noted, speaking } from "./speaking.ts";
import { dataOf, setStage } from "./stage.ts";

import type { Plugin } from "@holdfast/core/plugin";

describe("a plugin", () => {
  it("takes its taps with it, and a later one stands where it asks to", async () => {
    const order: string[] = [];
    const tapping = (name: string, how: { readonly stage?: number; readonly before?: string } = {}): Plugin =>
      definePlugin({
        name,
        setup: ({ hooks }) => hooks.toolCallAuthorizing.tapPromise(() => void order.push(name), how),
      });
    await using stage = await setStage({ model: calling, plugins: [speaking("it"), tapping("a"), tapping("b")] });
    await stage.turn("One");
    expect(order.splice(0)).toEqual(["a", "b"]);
    await stage.holdfast.addPlugin(tapping("first", { stage: -1 }));
    await stage.holdfast.addPlugin(tapping("inner", { before: "b" }));
    await stage.holdfast.removePlugin("a");
    await stage.turn("Two");
    expect(order.splice(0)).toEqual(["first", "inner", "b"]);
  });

  it("loosens no denial in any order of taps, and changes no input that was authorised", async () => {
    const inputs: unknown[] = [];
    const tapping = (effect: "allow" | "ask" | "deny", stage: number, before?: string): Plugin =>
      definePlugin({
        name: effect,
        setup: ({ hooks }) =>
          hooks.toolCallAuthorizing.tapPromise(
            (call) => {
              inputs.push(call.input);
              return { ...call, input: { changed: true }, tool: "other", effect };
            },
            { stage, before },
          ),
      });
    await using stage = await setStage({ model: calling, plugins: [speaking("it")], asks: { policy: "deny" } });
    const { holdfast } = stage;
    for (const [allow, ask, deny, before] of [
      [0, 0, 0, undefined],
      [1, 0, -1, undefined],
      [-1, 0, 1, undefined],
      [0, 1, -1, "ask"],
      [0, 0, 0, "allow"],
    ] as const) {
      await holdfast.addPlugin(tapping("allow", allow));
      await holdfast.addPlugin(tapping("ask", ask));
      await holdfast.addPlugin(tapping("deny", deny, before));
      await stage.turn("Go");
      for (const name of ["allow", "ask", "deny"]) await holdfast.removePlugin(name);
    }
    await holdfast.addPlugin(tapping("allow", 0));
    await stage.turn("Go");
    expect(contents(await stage.log())).toEqual([...Array.from({ length: 5 }, () => "denied-by-policy"), "it"]);
    expect(inputs).toEqual(Array.from({ length: 16 }, () => ({})));
  });

  it("that taps twice is asked twice, and is listed with what its taps took and how often they failed", async () => {
    const twice = definePlugin({
      name: "twice",
      setup: ({ hooks }) => {
        hooks.toolCallAuthorizing.tapPromise(() => {});
        hooks.toolCallAuthorizing.tapPromise(() => {
          throw new Error("no idea");
        });
      },
    });
    await using stage = await setStage({ model: calling, plugins: [speaking("it"), twice] });
    await stage.turn("Go");
    const [settled] = dataOf(await stage.log(), "tool.settled");
    expect(settled?.outcome).toMatchObject({ status: "stopped", reason: "denied-by-policy" });
    expect(settled?.outcome.content).toContain(
      `Plugin "twice" failed in toolCallAuthorizing at ${stage.directory}: no idea`,
    );
    const [open] = await stage.holdfast.locations.list();
    expect(open).toMatchObject({
      location: { directory: stage.directory },
      users: 0,
      plugins: [{ name: "stage" }, { name: "voice" }, { name: "twice", apiLevel: 1, requires: [] }],
      tools: [{ name: "speak", plugin: "voice" }],
      rules: [{ action: "*", resource: "*", effect: "allow" }],
      taps: [
        { hook: "toolCallAuthorizing", plugin: "twice", stage: 0, calls: 1, failures: 0 },
        { hook: "toolCallAuthorizing", plugin: "twice", calls: 1, failures: 1, lastFailure: "no idea" },
      ],
    });
  });

  it.each([
    ["fails to close", () => Promise.reject(new Error("stuck")), /closing a plugin failed.*"culprit".*stuck/],
    ["never closes", () => new Promise<void>(() => {}), /closing a plugin took too long.*"culprit".*5000/],
  ])("that %s is reported and left behind, and the others are closed all the same", async (_name, close, report) => {
    const clock = createFakeClock();
    const notes: string[] = [];
    const errors: string[] = [];
    const error = (message: string, data?: object): void => void errors.push(`${message} ${JSON.stringify(data)}`);
    const culprit = definePlugin({ name: "culprit", setup: () => close });
    const plugins = [noted("first", notes), culprit, noted("last", notes)];
    await using stage = await setStage({
      model: () => [text("Hi.")],
      plugins,
      logger: { ...silentLogger, error },
      clock,
    });
    await stage.turn("Go");
    const removed = stage.holdfast.removePlugin("culprit");
    await expect.poll(() => clock.sleeping + errors.length).toBeGreaterThan(0);
    await clock.advance(5_000);
    await removed;
    expect(errors).toEqual([expect.stringMatching(report)]);
    await stage.holdfast[Symbol.asyncDispose]();
    expect(notes).toEqual(["+first", "+last", "-last", "-first"]);
  });

  it("cannot contribute any more once it is closed", async () => {
    const kept: { tap?: () => void } = {};
    const late = definePlugin({
      name: "late",
      setup: ({ hooks }) => {
        kept.tap = () => hooks.toolCallAuthorizing.tapPromise(() => {});
      },
    });
    await using stage = await setStage({ model: () => [text("Hi.")], plugins: [late] });
    await stage.turn("Go");
    kept.tap?.();
    expect((await stage.holdfast.locations.list())[0]?.taps).toHaveLength(1);
    await stage.holdfast.removePlugin("late");
    expect(() => kept.tap?.()).toThrow(/"late" tapped a hook after it was closed/);
  });
});
