import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { describePlugin } from "../src/contract.ts";
import { openPluginStage } from "../src/index.ts";
import { pluginCases } from "../src/plugin-contract/plugin-cases.ts";

import type { ContextSource, PluginContext } from "@holdfast/core/plugin";
import type { PluginSubject } from "../src/contract.ts";

const echo = (description = "Says it again.") =>
  defineTool({
    name: "echo",
    description,
    input: z.object({ text: z.string() }),
    output: z.string(),
    prepare: async ({ text }, { permission }) => {
      await permission.assert({ action: "echo", resources: [text] });
      return { text };
    },
    execute: ({ text }) => text,
  });

const place: ContextSource<string> = {
  key: "good/place",
  load: ({ location }) => location.directory,
  baseline: (directory) => `It is in ${directory}.`,
  removal: () => "It is gone.",
};

const good: PluginSubject = {
  plugin: () =>
    definePlugin({
      name: "good",
      setup: ({ context, hooks, tools, signal }) => {
        tools.register(echo());
        context.register(place);
        hooks.toolCallAuthorizing.tapPromise((call) =>
          call.tool === "sample" ? { ...call, effect: "ask" } : undefined,
        );
        hooks.toolResultShaping.tapPromise((result) => ({ ...result, content: result.content.toUpperCase() }));
        const timer = setInterval(() => {}, 60_000);
        signal.addEventListener("abort", () => clearInterval(timer));
      },
    }),
  tools: ["echo"],
  sources: ["good/place"],
  hooks: ["toolCallAuthorizing", "toolResultShaping"],
};

describePlugin(good);

const doing =
  (setup: (ctx: PluginContext) => void | (() => Promise<void> | void)): PluginSubject["plugin"] =>
  () =>
    definePlugin({ name: "bad", setup });

const forEver: unknown[] = [];

let left = 0;
const listening = (): void => void process.on(`left ${left++}`, () => {});

/** What is wrong with each, and which fact it breaks. */
const bad: readonly (readonly [string, PluginSubject, RegExp])[] = [
  [
    "contributes what it does not say",
    { plugin: doing(({ tools }) => void tools.register(echo())) },
    /tools and taps that it says/,
  ],
  ["does not contribute what it says", { plugin: doing(() => {}), tools: ["echo"] }, /tools and taps that it says/],
  ["contributes only once", { plugin: once(), tools: ["echo"] }, /the same at two Locations/],
  [
    "has a tool that says nothing of itself",
    { plugin: doing(({ tools }) => void tools.register(echo(" "))), tools: ["echo"] },
    /every provider/,
  ],
  [
    "changes what it is given",
    {
      plugin: doing(({ hooks }) =>
        hooks.toolCallPreparing.tapPromise((call) => {
          Object.assign(call.input, { changed: true });
        }),
      ),
      hooks: ["toolCallPreparing"],
    },
    /changes nothing that it is given/,
  ],
  [
    "tells the model what is no text",
    {
      plugin: doing(({ context }) => void context.register({ ...place, baseline: () => 5 as never })),
      sources: ["good/place"],
    },
    /each source, what can be read/,
  ],
  ["tells the model what it does not say", { plugin: doing(({ context }) => void context.register(place)) }, /sources/],
  [
    "answers nonsense",
    {
      plugin: doing(({ hooks }) => hooks.toolsCollecting.tapPromise(() => ({ tools: "all" }) as never)),
      hooks: ["toolsCollecting"],
    },
    /what can be read/,
  ],
  [
    "goes on after its end",
    {
      plugin: doing(({ tools }) => {
        setTimeout(() => {
          try {
            tools.register(echo());
          } catch {
            // A runtime refuses it, too.
          }
        }, 20);
      }),
    },
    /does nothing after that/,
  ],
  [
    "leaves a timer",
    { plugin: doing(() => void forEver.push(setInterval(() => {}, 60_000))) },
    /leaves nothing behind/,
  ],
  ["leaves a listener", { plugin: doing(listening) }, /leaves nothing behind/],
  ["keeps its context for ever", { plugin: doing(({ signal }) => void forEver.push(signal)) }, /leaves nothing behind/],
  ["cannot close", { plugin: doing(() => () => Promise.reject(new Error("stuck"))) }, /closes within 5 s/],
];

function once(): PluginSubject["plugin"] {
  return () => {
    let isFirst = true;
    return definePlugin({
      name: "bad",
      setup: ({ tools }) => {
        if (isFirst) tools.register(echo());
        isFirst = false;
      },
    });
  };
}

const refuse = (): never => {
  throw new Error("refused");
};

describe("the suite for plugins", () => {
  it.each(bad)("finds out a plugin that %s", async (_name, subject, fact) => {
    const broken: string[] = [];
    for (const { title, run } of pluginCases(subject)) {
      try {
        await run();
      } catch {
        broken.push(title);
      }
    }
    expect(broken).toContainEqual(expect.stringMatching(fact));
    for (; left > 0; left--) process.removeAllListeners(`left ${left - 1}`);
    for (const timer of forEver.splice(0)) clearInterval(timer as NodeJS.Timeout);
  });
});

describe("openPluginStage", () => {
  it("calls a tool as a runtime does, and says what it asked for and what the model reads", async () => {
    await using stage = await openPluginStage(good.plugin());
    const called = await stage.call("echo", { text: "hi" });
    expect(called).toEqual({
      asserted: [{ action: "echo", resources: ["hi"] }],
      effect: { text: "hi" },
      media: [],
      output: "hi",
      content: "hi",
    });
    await expect(stage.call("echo", { text: 5 })).rejects.toThrow(/string/);
    await expect(stage.call("gone", {})).rejects.toThrow(/"gone"/);
    await expect(stage.call("echo", { text: "hi" }, { permit: refuse })).rejects.toThrow("refused");
  });

  it("tells of a source what a runtime tells the model, and rejects where that has it as unavailable", async () => {
    await using stage = await openPluginStage(good.plugin());
    const told = `It is in ${stage.directory}.`;
    expect(await stage.tell("good/place")).toEqual({ baseline: told, update: told, removal: "It is gone." });
    expect(await stage.tell("good/place", { location: { directory: "/a" } })).toMatchObject({
      baseline: "It is in /a.",
    });
    await expect(stage.tell("good/gone")).rejects.toThrow(/"good\/gone"/);
    const silent = definePlugin({
      name: "silent",
      setup: ({ context }) => {
        context.register({ ...place, load: () => undefined });
        context.register({ ...place, key: "good/down", load: () => Promise.reject(new Error("down")) });
      },
    });
    await using other = await openPluginStage(silent);
    expect(await other.tell("good/place")).toBeUndefined();
    await expect(other.tell("good/down")).rejects.toThrow("down");
  });
});
