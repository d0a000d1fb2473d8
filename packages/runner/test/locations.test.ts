import { mkdir, rename } from "node:fs/promises";

import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createFakeClock, createMemoryStore, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { calling, contents } from "./speaking.ts";
import { makeFolder, setStage } from "./stage.ts";

import type { Plugin } from "@holdfast/core/plugin";

const noting = (notes: string[]): Plugin =>
  definePlugin({
    name: "noting",
    setup: ({ location }) => {
      notes.push(`+${location.directory}`);
      return () => void notes.push(`-${location.directory}`);
    },
  });

describe("a Location", () => {
  it("is opened by its first execution, shared by its sessions, and closed after its time without use", async () => {
    const clock = createFakeClock();
    const notes: string[] = [];
    await using stage = await setStage({ model: () => [text("Hi.")], plugins: [noting(notes)], clock });
    const { holdfast, directory } = stage;
    expect(await holdfast.locations.list()).toEqual([]);
    await stage.turn("One");
    const { id: sessionId } = await holdfast.sessions.create({ location: { directory } });
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    await holdfast.sessions.wait({ sessionId });
    expect(notes).toEqual([`+${directory}`]);
    await clock.advance(3_599_999);
    expect(await holdfast.locations.list()).toHaveLength(1);
    await clock.advance(1);
    expect(await holdfast.locations.list()).toEqual([]);
    expect(notes).toEqual([`+${directory}`, `-${directory}`]);
    await stage.turn("Two");
    expect(notes).toHaveLength(3);
  });

  it("whose directory was replaced is another one", async () => {
    const clock = createFakeClock();
    const notes: string[] = [];
    await using parent = await makeFolder();
    await using stage = await setStage({ model: () => [text("Hi.")], plugins: [noting(notes)], clock });
    const { holdfast } = stage;
    const directory = `${parent.path}/work`;
    await mkdir(directory);
    const { id: sessionId } = await holdfast.sessions.create({ location: { directory } });
    const turn = async (): Promise<void> => {
      const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Hi" });
      await holdfast.sessions.wait({ sessionId, after: cursor });
    };
    await turn();
    await clock.advance(2_000);
    await turn();
    expect(notes).toEqual([`+${directory}`]);
    await rename(directory, `${parent.path}/old`);
    await mkdir(directory);
    await clock.advance(2_000);
    await turn();
    expect(notes).toEqual([`+${directory}`, `+${directory}`]);
    await clock.advance(3_600_000);
    expect(notes.filter((note) => note.startsWith("-"))).toHaveLength(2);
  });

  it("shares nothing with another one: not the plugin's state, not its tools, not its taps", async () => {
    await using elsewhere = await makeFolder();
    const contexts: object[] = [];
    const counting = definePlugin({
      name: "counting",
      setup: (context) => {
        contexts.push(context, context.hooks, context.tools, context.location, context.signal);
        if (context.location.directory === elsewhere.path) context.hooks.toolCallAuthorizing.tapPromise(() => {});
      },
    });
    await using stage = await setStage({ model: () => [text("Hi.")], plugins: [counting] });
    const { id: sessionId } = await stage.holdfast.sessions.create({ location: { directory: elsewhere.path } });
    await stage.turn("Go");
    await stage.holdfast.sessions.prompt({ sessionId, text: "Go" });
    await stage.holdfast.sessions.wait({ sessionId });
    expect(new Set(contexts).size).toBe(10);
    const open = await stage.holdfast.locations.list();
    expect(open.map(({ taps }) => taps.length)).toEqual([0, 1]);
  });

  it("that is opened after a change of plugins has it, as has one that is opened meanwhile", async () => {
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    await using elsewhere = await makeFolder();
    await using stage = await setStage({ model: () => [text("Hi.")] });
    const { holdfast } = stage;
    await stage.turn("One");
    const slow = definePlugin({
      name: "slow",
      setup: () => {
        started.resolve();
        return gate.promise;
      },
    });
    const added = holdfast.addPlugin(slow);
    await started.promise;
    const { id: sessionId } = await holdfast.sessions.create({ location: { directory: elsewhere.path } });
    await holdfast.sessions.prompt({ sessionId, text: "Go" });
    gate.resolve();
    await added;
    await holdfast.sessions.wait({ sessionId });
    const open = await holdfast.locations.list();
    expect(open.map(({ plugins }) => plugins.map(({ name }) => name))).toEqual([
      ["stage", "slow"],
      ["stage", "slow"],
    ]);
  });

  it("has plugins of one name with options of its own, and a session that is moved finds those of its destination", async () => {
    await using elsewhere = await makeFolder();
    const store = createMemoryStore();
    await using stage = await setStage({ model: calling, store });
    const { holdfast, directory, sessionId } = stage;
    await holdfast.addPlugin(voice("here"), { location: { directory } });
    await holdfast.addPlugin(voice("there"), { location: { directory: elsewhere.path } });
    const { id: other } = await holdfast.sessions.create({ location: { directory: elsewhere.path } });
    await stage.turn("One");
    await holdfast.sessions.prompt({ sessionId: other, text: "One" });
    await holdfast.sessions.wait({ sessionId: other });
    await holdfast.sessions.move({ sessionId, location: { directory: elsewhere.path } });
    await stage.turn("Two");
    // The tool, the count of its plugin and the tap of the destination.
    expect(contents(await stage.log())).toEqual(["here 1 (shaped here)", "there 2 (shaped there)"]);
    const context = await holdfast.sessions.context({ sessionId });
    expect(context.tools).toMatchObject([{ name: "speak", description: "Says there." }]);
    await holdfast.removePlugin("voice", { location: { directory: elsewhere.path } });
    await stage.turn("Three");
    expect(contents(await stage.log()).at(-1)).toBe("unknown-tool");
    const open = await holdfast.locations.list();
    expect(open.map(({ tools }) => tools.map(({ description }) => description))).toEqual([["Says here."], []]);
    await expectSound(store, sessionId);
  });
});

/** A plugin with a state of its own: what it says, and how often it did. */
const voice = (says: string): Plugin =>
  definePlugin({
    name: "voice",
    setup: ({ hooks, tools }) => {
      let count = 0;
      const execute = (): string => `${says} ${(count += 1)}`;
      const description = `Says ${says}.`;
      tools.register(defineTool({ name: "speak", description, input: z.object({}), output: z.string(), execute }));
      hooks.toolResultShaping.tapPromise((result) => ({ ...result, content: `${result.content} (shaped ${says})` }));
    },
  });
