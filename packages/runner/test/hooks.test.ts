import { definePlugin } from "@holdfast/core/plugin";
import { scriptedModel, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { calling, contents, speaking } from "./speaking.ts";
import { dataOf, setStage } from "./stage.ts";

import type { Plugin, PluginHooks } from "@holdfast/core/plugin";

const hooking = (name: string, tap: (hooks: PluginHooks) => void): Plugin =>
  definePlugin({ name, setup: ({ hooks }) => tap(hooks) });

describe("the life of a plugin at a Location", () => {
  it("is opening before anything of it counts, opened after, closing before its disposer, and each told of those that come or leave", async () => {
    const notes: string[] = [];
    const living = (name: string): Plugin =>
      definePlugin({
        name,
        setup: ({ hooks, signal, tools }) => {
          notes.push(`${name} set up`);
          const note = (what: string) => (at: { readonly plugins: readonly string[] }) =>
            void notes.push(`${name} ${what} ${at.plugins.join("+")}${signal.aborted ? " too late" : ""}`);
          hooks.opening.tapPromise(note("opening"));
          hooks.opened.tapPromise(note("opened"));
          hooks.closing.tapPromise(note("closing"));
          void tools;
          return () => void notes.push(`${name} disposed of`);
        },
      });
    const stage = await setStage({ model: () => [text("Hi.")], plugins: [living("a"), living("b")] });
    await stage.turn("Go");
    expect(notes.splice(0)).toEqual([
      "a set up",
      "b set up",
      "a opening stage+a+b",
      "b opening stage+a+b",
      "a opened stage+a+b",
      "b opened stage+a+b",
    ]);
    await stage.holdfast.replacePlugin(living("b"));
    expect(notes.splice(0)).toEqual(["b set up", "b opening b", "b opened b", "b closing b", "b disposed of"]);
    await stage[Symbol.asyncDispose]();
    expect(notes).toEqual(["b closing stage+a+b", "a closing stage+a+b", "b disposed of", "a disposed of"]);
  });

  it("does not begin where a tap of opening refuses: the change is not made, and what came with it is closed", async () => {
    const notes: string[] = [];
    const picky = definePlugin({
      name: "voice",
      setup: ({ hooks }) => {
        hooks.opening.tapPromise(() => Promise.reject(new Error("not here")));
        hooks.closing.tapPromise(() => void notes.push("closing"));
        return () => void notes.push("disposed of");
      },
    });
    await using stage = await setStage({ model: calling, plugins: [speaking("old")] });
    await stage.turn("One");
    await expect(stage.holdfast.replacePlugin(picky)).rejects.toMatchObject({
      code: "plugin.hook-failed",
      message: expect.stringMatching(/"voice" failed in opening at .*: not here/),
    });
    expect(notes).toEqual(["closing", "disposed of"]);
    await stage.turn("Two");
    expect(contents(await stage.log())).toEqual(["old", "old"]);
  });
});

describe("a tap of toolsCollecting", () => {
  it("leaves tools out of what the model is told of, and a call of one is a call of an unknown tool", async () => {
    const model = scriptedModel(calling);
    const planning = hooking("planning", (hooks) =>
      hooks.toolsCollecting.tapPromise((collection) => ({
        ...collection,
        tools: collection.tools.filter(({ name }) => name !== "speak"),
      })),
    );
    await using stage = await setStage({ model, plugins: [speaking("it"), planning] });
    await stage.turn("One");
    expect(model.requests.every(({ tools = [] }) => tools.length === 0)).toBe(true);
    expect((await stage.holdfast.sessions.context({ sessionId: stage.sessionId })).tools).toEqual([]);
    await stage.holdfast.removePlugin("planning");
    await stage.turn("Two");
    expect(model.requests.at(-1)?.tools?.map(({ name }) => name)).toEqual(["speak"]);
    expect(contents(await stage.log())).toEqual(["unknown-tool", "it"]);
    await expectSound(stage.store, stage.sessionId);
  });
});

describe("a tap of requestPreparing", () => {
  it("changes what the model sees, not the log, and the attempt records both hashes", async () => {
    const model = scriptedModel(() => [text("I see.")]);
    const redactor = hooking("redactor", (hooks) =>
      hooks.requestPreparing.tapPromise((request) => ({
        ...request,
        messages: request.messages.map((message) =>
          JSON.stringify(message).includes("secret")
            ? { role: message.role, content: [{ type: "text", text: "[redacted]" }] }
            : message,
        ),
        providerOptions: { some: { cache: true } },
      })),
    );
    await using stage = await setStage({ model });
    await stage.turn("Hello");
    await stage.holdfast.addPlugin(redactor);
    await stage.turn("My secret");
    const shown = JSON.stringify(model.requests.at(-1)?.prompt);
    expect(shown).toContain("[redacted]");
    expect(shown).not.toContain("secret");
    expect(shown).toContain("Hello");
    expect(model.requests.at(-1)?.providerOptions).toEqual({ some: { cache: true } });
    const [plain, hooked] = dataOf(await stage.log(), "attempt.started");
    expect(plain).not.toHaveProperty("hookedHash");
    expect(hooked?.hookedHash).toMatch(/^[0-9a-f]{64}$/);
    expect(hooked?.hookedHash).not.toBe(hooked?.requestHash);
    const context = await stage.holdfast.sessions.context({ sessionId: stage.sessionId });
    expect(JSON.stringify(context.messages)).not.toContain("secret");
    expect(context.hookedHash).toBeDefined();
    await stage.holdfast.removePlugin("redactor");
    expect(JSON.stringify((await stage.holdfast.sessions.context({ sessionId: stage.sessionId })).messages)).toContain(
      "secret",
    );
    await expectSound(stage.store, stage.sessionId);
  });

  it("that parts a call from its result is not followed, and counted as failed", async () => {
    const model = scriptedModel(calling);
    const parting = hooking("parting", (hooks) =>
      hooks.requestPreparing.tapPromise((request) => ({
        ...request,
        messages: request.messages.filter(({ role }) => role !== "tool"),
      })),
    );
    await using stage = await setStage({ model, plugins: [speaking("it"), parting] });
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(model.requests.at(-1)?.prompt.map(({ role }) => role)).toEqual(["user", "assistant", "tool"]);
    const [open] = await stage.holdfast.locations.list();
    // The first request had no call yet.
    expect(open?.taps).toMatchObject([{ plugin: "parting", calls: 2, failures: 1 }]);
  });
});
