import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createMemoryStore, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { openRuntime, setStage, shared } from "./stage.ts";
import { remembering, sourceOf, systemOf, telling, textsOf } from "./told-context.ts";

import type { ContextCollection, PluginContext } from "@holdfast/core/plugin";
import type { Script } from "@holdfast/testkit";

const calling: Script = (prompt) => (toolResultsOfTurn(prompt).length === 0 ? [toolCall("look", {})] : [text("Yes.")]);

describe("the hook contextCollecting", () => {
  const look = defineTool({
    name: "look",
    description: "Looks.",
    input: z.object({}),
    output: z.string(),
    execute: () => "seen",
  });
  it("is shown each completed call once, also in another process, and adds sources that count from the next request on", async () => {
    const shown: ContextCollection[] = [];
    const tapping = definePlugin({
      name: "tapping",
      setup: ({ hooks }) =>
        hooks.contextCollecting.tapPromise((collection) => {
          shown.push(collection);
          const isLooked = collection.calls.length > 0 || collection.known.includes("t/seen");
          return isLooked
            ? { ...collection, sources: [...collection.sources, sourceOf("t/seen", () => "1")] }
            : undefined;
        }),
    });
    await using store = createMemoryStore();
    const { prompts, model } = remembering(calling);
    const plugins = [
      telling(
        "teller",
        sourceOf("t/a", () => "1"),
      ),
      tapping,
    ];
    await using stage = await setStage({ model, store: shared(store), plugins, tools: [look] });
    await stage.turn("One");
    await stage.turn("Two");
    expect(shown.map(({ calls }) => calls.length)).toEqual([0, 1, 0, 1]);
    expect(textsOf(prompts[1])).toEqual(["One", "<system-update>\nt/seen is 1.\n</system-update>"]);
    await stage.holdfast[Symbol.asyncDispose]();
    await using again = await openRuntime(shared(store), { model, plugins, tools: [look] });
    const { cursor } = await again.sessions.prompt({ sessionId: stage.sessionId, text: "Three" });
    await again.sessions.wait({ sessionId: stage.sessionId, after: cursor });
    expect(shown.map(({ calls }) => calls.length)).toEqual([0, 1, 0, 1, 2, 1]);
    expect(textsOf(prompts.at(-1)).filter((line) => line.includes("t/seen"))).toHaveLength(1);
  });

  it("takes nothing away where a tap fails, and hears of the calls again", async () => {
    let isFailing = false;
    const counts: number[] = [];
    const tapping = definePlugin({
      name: "tapping",
      setup: ({ hooks }: PluginContext) =>
        hooks.contextCollecting.tapPromise((collection) => {
          counts.push(collection.calls.length);
          if (isFailing) throw new Error("not now");
          return { ...collection, sources: [sourceOf("t/added", () => "1")] };
        }),
    });
    const { prompts, model } = remembering(calling);
    await using stage = await setStage({ model, plugins: [tapping], tools: [look] });
    await stage.turn("One");
    isFailing = true;
    await stage.turn("Two");
    isFailing = false;
    await stage.turn("Three");
    expect(prompts.map(systemOf)).toEqual(Array(6).fill("t/added is 1."));
    expect(textsOf(prompts.at(-1))).toEqual(["One", "Two", "Three"]);
    expect(counts).toEqual([0, 1, 0, 1, 1, 1]);
  });
});
