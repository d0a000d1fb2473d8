import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createMemoryStore, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { calling, speaking } from "./speaking.ts";
import { dataOf, makeFolder, openRuntime, setStage, shared } from "./stage.ts";

import type { Plugin, PluginHooks } from "@holdfast/core/plugin";
import type { Script } from "@holdfast/testkit";

const hooking = (name: string, tap: (hooks: PluginHooks) => void): Plugin =>
  definePlugin({ name, setup: ({ hooks }) => tap(hooks) });

const fail = (): never => {
  throw new Error("a secret");
};

/** A tool that writes what it is given, and asks first. */
const writing = (written: string[], more: { readonly crash?: () => Promise<never> } = {}) =>
  defineTool({
    name: "write",
    description: "Writes.",
    input: z.object({ path: z.string(), lines: z.number().default(1) }),
    output: z.string(),
    replay: "safe",
    prepare: async ({ path }, { permission }) => {
      await permission.assert({ action: "write", resources: [path] });
      return { path };
    },
    execute: async ({ path }) => {
      written.push(path);
      await more.crash?.();
      return `wrote ${path}`;
    },
  });

const callingWrite =
  (input: object): Script =>
  (prompt) =>
    toolResultsOfTurn(prompt).length === 0 ? [toolCall("write", { ...input })] : [text("Done.")];

describe("a tap of toolCallPreparing", () => {
  const redirecting = hooking("sandbox", (hooks) =>
    hooks.toolCallPreparing.tapPromise((call) => ({ ...call, input: { ...call.input, path: "/sandbox/file" } })),
  );

  it("changes the input: the rules, the person, the tool and the record see the changed one, and the log keeps the model's", async () => {
    const written: string[] = [];
    await using stage = await setStage({
      model: callingWrite({ path: "/etc/passwd" }),
      tools: [writing(written)],
      plugins: [redirecting],
      rules: [
        { action: "*", resource: "*", effect: "allow" },
        { action: "write", resource: "/sandbox/*", effect: "ask" },
        { action: "write", resource: "/etc/*", effect: "deny" },
      ],
    });
    const { holdfast, sessionId } = stage;
    expect(await stage.turn("Go")).toMatchObject({ status: "asking" });
    const [ask] = (await holdfast.asks.list({ sessionId })).asks;
    expect(ask?.shown).toMatchObject({ action: "write", resources: ["/sandbox/file"] });
    const { askId = "", identity = "" } = ask ?? {};
    await holdfast.asks.answer({ sessionId, askId, identity, answer: { kind: "permission", reply: "once" } });
    await holdfast.sessions.wait({ sessionId });
    expect(written).toEqual(["/sandbox/file"]);
    const log = await stage.log();
    expect(dataOf(log, "tool.called")).toMatchObject([{ input: '{"path":"/etc/passwd"}' }]);
    expect(dataOf(log, "tool.begun")).toMatchObject([
      { input: '{"path":"/sandbox/file"}', effect: { path: "/sandbox/file" } },
    ]);
    const { messages } = await holdfast.sessions.messages({ sessionId });
    expect(JSON.stringify(messages)).toContain(JSON.stringify('{"path":"/sandbox/file"}').slice(1, -1));
    await expectSound(stage.store, sessionId);
  });

  it("that fails leaves the input as it was; who needs the change refuses the call without it in toolCallAuthorizing", async () => {
    const written: string[] = [];
    const sandbox = hooking("sandbox", (hooks) => {
      hooks.toolCallPreparing.tapPromise(async (call) => {
        const { path } = call.input as { readonly path: string };
        return path === "late" ? fail() : { ...call, input: { ...call.input, path: `/sandbox/${path}` } };
      });
      hooks.toolCallAuthorizing.tapPromise(async (call) => {
        const { path } = call.input as { readonly path: string };
        return path.startsWith("/sandbox/") ? call : { ...call, effect: "deny" };
      });
    });
    for (const path of ["file", "late"]) {
      await using stage = await setStage({
        model: callingWrite({ path }),
        tools: [writing(written)],
        plugins: [sandbox],
      });
      await stage.turn("Go");
      expect(dataOf(await stage.log(), "tool.settled")[0]?.outcome).toMatchObject(
        path === "file" ? { status: "completed" } : { status: "stopped", reason: "denied-by-policy" },
      );
    }
    expect(written).toEqual(["/sandbox/file"]);
  });

  it("that leaves an input which does not fit the schema makes the call invalid, and it is not run", async () => {
    const written: string[] = [];
    const breaking = hooking("breaking", (hooks) =>
      hooks.toolCallPreparing.tapPromise((call) => ({ ...call, input: { path: 5 } })),
    );
    await using stage = await setStage({
      model: callingWrite({ path: "a" }),
      tools: [writing(written)],
      plugins: [breaking],
    });
    await stage.turn("Go");
    const [settled] = dataOf(await stage.log(), "tool.settled");
    expect(settled?.outcome).toMatchObject({ reason: "invalid-input" });
    expect(settled?.outcome.content).toContain("A plugin changed it");
    expect(written).toEqual([]);
  });

  it("mends what the model got wrong", async () => {
    const written: string[] = [];
    const mending = hooking("mending", (hooks) =>
      hooks.toolCallPreparing.tapPromise((call) => ({ ...call, input: { ...call.input, lines: 3 } })),
    );
    await using stage = await setStage({
      model: callingWrite({ path: "a", lines: "3" }),
      tools: [writing(written)],
      plugins: [mending],
    });
    await stage.turn("Go");
    expect(written).toEqual(["a"]);
  });

  it("is not asked again for a call that had begun before a crash: it runs with the recorded input", async () => {
    const store = createMemoryStore();
    const written: string[] = [];
    const begun = Promise.withResolvers<void>();
    const crash = (): Promise<never> => {
      begun.resolve();
      return new Promise(() => {});
    };
    await using folder = await makeFolder();
    const common = { model: callingWrite({ path: "/etc/passwd" }), limits: { graceMs: 20 } };
    const first = await openRuntime(shared(store), {
      ...common,
      tools: [writing(written, { crash })],
      plugins: [redirecting],
    });
    const { id: sessionId } = await first.sessions.create({ location: { directory: folder.path } });
    await first.sessions.prompt({ sessionId, text: "Go" });
    await begun.promise;
    const left = await store.snapshot(sessionId);
    expect(left?.calls).toMatchObject([{ state: "begun" }]);
    await first[Symbol.asyncDispose]();
    await using second = await openRuntime(shared(store), { ...common, tools: [writing(written)] });
    await second.sessions.resume({ sessionId });
    expect(await second.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(written.every((path) => path === "/sandbox/file")).toBe(true);
  });
});

describe("a tap of toolResultShaping", () => {
  it("changes the text and the value before the bound, and makes no success of a failure", async () => {
    const long = `secret ${"x".repeat(200_000)}`;
    const shaping = hooking("redactor", (hooks) =>
      hooks.toolResultShaping.tapPromise((result) => ({
        ...result,
        status: "completed" as const,
        content: result.content.replaceAll("secret", "[redacted]"),
      })),
    );
    const failing = speaking("", {
      name: "failing",
      setup: ({ tools }) => {
        tools.register(
          defineTool({ name: "speak", description: "Fails.", input: z.object({}), output: z.string(), execute: fail }),
        );
      },
    });
    await using stage = await setStage({ model: calling, plugins: [speaking(long), shaping] });
    await stage.turn("One");
    await stage.holdfast.addPlugin(failing);
    await stage.turn("Two");
    const [one, two] = dataOf(await stage.log(), "tool.settled").map(({ outcome }) => outcome);
    expect(one).toMatchObject({ status: "completed", content: expect.stringMatching(/^\[redacted\] x/) });
    expect(one?.content.length).toBeLessThan(60_000);
    const kept = await stage.holdfast.outputs.read({ sessionId: stage.sessionId, ref: one?.output ?? "", limit: 100 });
    expect(JSON.stringify(kept)).toContain("[redacted]");
    expect(two).toMatchObject({ status: "failed", content: expect.stringContaining("a [redacted]") });
  });
});
