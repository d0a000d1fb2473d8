import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createGate, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { calling, contents, noted, speaking } from "./speaking.ts";
import { dataOf, makeFolder, setStage } from "./stage.ts";

import type { Plugin } from "@holdfast/core/plugin";

describe("a plugin that is changed at run time", () => {
  it("is there for the next step, replaced for the one after, and then gone", async () => {
    await using stage = await setStage({ model: calling });
    const { holdfast } = stage;
    await stage.turn("One");
    await holdfast.addPlugin(speaking("old"));
    await stage.turn("Two");
    await holdfast.replacePlugin(speaking("new"));
    await stage.turn("Three");
    await holdfast.removePlugin("voice");
    await stage.turn("Four");
    expect(contents(await stage.log())).toEqual(["unknown-tool", "old", "new", "unknown-tool"]);
    await expectSound(stage.store, stage.sessionId);
  });

  it("is not closed before a call of it that has begun is done, and that call is the old plugin's", async () => {
    const gate = createGate();
    const begun = Promise.withResolvers<void>();
    const closed: string[] = [];
    const old = definePlugin({
      name: "voice",
      setup: ({ tools, signal }) => {
        const execute = async (): Promise<string> => {
          begun.resolve();
          await gate.opened;
          return signal.aborted ? "closed under my hands" : "old";
        };
        tools.register(
          defineTool({ name: "speak", description: "Speaks.", input: z.object({}), output: z.string(), execute }),
        );
        return () => void closed.push("old");
      },
    });
    await using stage = await setStage({ model: calling, plugins: [old] });
    const turn = stage.turn("Go");
    await begun.promise;
    const replaced = stage.holdfast.replacePlugin(speaking("new"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toEqual([]);
    gate.open();
    await turn;
    await replaced;
    expect(closed).toEqual(["old"]);
    await stage.turn("Again");
    expect(contents(await stage.log())).toEqual(["old", "new"]);
  });

  it("leaves a call stale that was advertised before and had not begun, whatever a tap answers", async () => {
    const asked = Promise.withResolvers<void>();
    const gate = createGate();
    const guard = definePlugin({
      name: "guard",
      setup: ({ hooks }) =>
        hooks.toolCallAuthorizing.tapPromise(async () => {
          asked.resolve();
          await gate.opened;
        }),
    });
    await using stage = await setStage({ model: calling, plugins: [speaking("old"), guard] });
    const turn = stage.turn("Go");
    await asked.promise;
    const replaced = stage.holdfast.replacePlugin(speaking("new"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.open();
    await turn;
    await replaced;
    const log = await stage.log();
    expect(contents(log)).toEqual(["stale-registration"]);
    expect(dataOf(log, "tool.begun")).toEqual([]);
    await stage.turn("Again");
    expect(contents(await stage.log())).toEqual(["stale-registration", "new"]);
    await expectSound(stage.store, stage.sessionId);
  });

  it("keeps its place where its replacement fails, hangs or has a requirement that is missing", async () => {
    await using stage = await setStage({ model: calling, plugins: [speaking("old")], limits: { setupMs: 50 } });
    const { holdfast } = stage;
    await stage.turn("One");
    const failing = speaking("", { setup: () => Promise.reject(new Error("not today")) });
    await expect(holdfast.replacePlugin(failing)).rejects.toThrow(/"voice".*not today/);
    const hanging = speaking("", { setup: () => new Promise(() => {}) });
    await expect(holdfast.replacePlugin(hanging)).rejects.toThrow(/within 50 ms/);
    const needing = speaking("", { requires: ["lungs"] });
    await expect(holdfast.replacePlugin(needing)).rejects.toMatchObject({ code: "plugin.unmet" });
    await stage.turn("Two");
    expect(contents(await stage.log())).toEqual(["old", "old"]);
  });

  it("is set up at all open Locations or at none", async () => {
    await using elsewhere = await makeFolder();
    const notes: string[] = [];
    await using stage = await setStage({ model: () => [text("Hi.")] });
    const { holdfast, directory } = stage;
    const { id: sessionId } = await holdfast.sessions.create({ location: { directory: elsewhere.path } });
    await stage.turn("One");
    await holdfast.sessions.prompt({ sessionId, text: "One" });
    await holdfast.sessions.wait({ sessionId });
    const picky = definePlugin({
      name: "picky",
      setup: ({ location }) => {
        if (location.directory !== directory) throw new Error("not here");
        notes.push("+");
        return () => void notes.push("-");
      },
    });
    await expect(holdfast.addPlugin(picky)).rejects.toThrow(new RegExp(`"picky" at ${elsewhere.path}`));
    expect(notes).toEqual(["+", "-"]);
    await holdfast.addPlugin(picky, { location: { directory } });
    const open = await holdfast.locations.list();
    expect(open.map(({ plugins }) => plugins.map(({ name }) => name))).toEqual([["stage", "picky"], ["stage"]]);
  });

  it("is set up after what it requires, and cannot lose it", async () => {
    const notes: string[] = [];
    {
      await using stage = await setStage({
        model: () => [text("Hi.")],
        plugins: [noted("c", notes, ["b"]), noted("b", notes, ["a"]), noted("a", notes)],
      });
      await stage.turn("Go");
      await expect(stage.holdfast.removePlugin("a")).rejects.toThrow(/"b" requires plugin "a"/);
      await expect(stage.holdfast.removePlugin("nobody")).rejects.toMatchObject({ code: "plugin.not-found" });
      await expect(stage.holdfast.addPlugin(noted("a", notes))).rejects.toMatchObject({ code: "plugin.exists" });
      await expect(stage.holdfast.addPlugin({} as Plugin)).rejects.toMatchObject({ code: "plugin.invalid" });
      expect(notes).toEqual(["+a", "+b", "+c"]);
    }
    expect(notes).toEqual(["+a", "+b", "+c", "-c", "-b", "-a"]);
  });

  it("is not taken at all where the plugins of a new runtime go in a circle", async () => {
    const circle = [noted("a", [], ["b"]), noted("b", [], ["a"])];
    await expect(setStage({ plugins: circle })).rejects.toThrow(/a -> b -> a/);
  });

  it("has one change after the other, in the order in which they were asked for", async () => {
    const notes: string[] = [];
    await using stage = await setStage({ model: () => [text("Hi.")] });
    const { holdfast } = stage;
    await stage.turn("Go");
    const slow = (id: string): Plugin =>
      definePlugin({
        name: "slow",
        setup: async () => {
          notes.push(`+${id}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
          notes.push(`!${id}`);
          return () => void notes.push(`-${id}`);
        },
      });
    await Promise.all([
      holdfast.addPlugin(slow("1")),
      holdfast.replacePlugin(slow("2")),
      holdfast.removePlugin("slow"),
      holdfast.addPlugin(slow("3")),
    ]);
    expect(notes).toEqual(["+1", "!1", "+2", "!2", "-1", "-2", "+3", "!3"]);
  });
});
