import { isPlugin, orderPlugins } from "@holdfast/core/plugin";
import { isTool } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { holdings, leftovers, reachable } from "./leftovers.ts";
import { openPluginStage } from "./plugin-stage.ts";
import { sampleArguments } from "./sample-arguments.ts";

import type { HookArgument, HookName } from "@holdfast/core/plugin";
import type { PluginStage } from "./plugin-stage.ts";
import type { PluginSubject } from "./plugin-subject.ts";

/** One fact that a host relies on, and how it is shown. */
export interface PluginCase {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** How often the plugin is set up and closed where it is looked for what stays of it. */
const lives = 20;

/** Every fact that the suite asks of a plugin. */
export const pluginCases = (subject: PluginSubject): readonly PluginCase[] => [
  {
    title: "is a plugin of an API level that this core speaks",
    run: async () => {
      const plugin = subject.plugin();
      expect(isPlugin(plugin)).toBe(true);
      expect(orderPlugins([{ ...plugin, requires: [] }])).toHaveLength(1);
    },
  },
  {
    title: "contributes the sources, tools and taps that it says",
    run: async () => {
      await using stage = await open(subject);
      expect(contributed(stage)).toEqual(expectedOf(subject));
    },
  },
  {
    title: "contributes the same at two Locations at once, and again where it was closed",
    run: async () => {
      const plugin = subject.plugin();
      const expected = expectedOf(subject);
      {
        await using first = await openPluginStage(plugin, subject);
        await using second = await openPluginStage(plugin, { ...subject, directory: undefined });
        expect([contributed(first), contributed(second)]).toEqual([expected, expected]);
      }
      await using again = await openPluginStage(plugin, subject);
      expect(contributed(again)).toEqual(expected);
    },
  },
  {
    title: "has tools that every provider can be told of",
    run: async () => {
      await using stage = await open(subject);
      for (const tool of stage.tools.values()) {
        expect(isTool(tool), `${tool.name} was made by defineTool`).toBe(true);
        expect(tool.description.trim(), `the description of ${tool.name}`).not.toBe("");
        expect(z.toJSONSchema(tool.input, { io: "input" }), `the input of ${tool.name}`).toMatchObject({
          type: "object",
        });
      }
    },
  },
  {
    title:
      "answers in time, in each hook that it taps and each source, what can be read, and changes nothing that it is given",
    run: async () => {
      await using stage = await open(subject);
      await askEverything(stage, subject);
    },
  },
  {
    title: "loosens no denial",
    run: async () => {
      await using stage = await open(subject);
      for (const given of samplesOf(stage, subject, "toolCallAuthorizing")) {
        const denied = await stage.ask("toolCallAuthorizing", { ...given, effect: "deny" });
        expect(denied.effect).toBe("deny");
      }
    },
  },
  {
    title: "closes within 5 s, and does nothing after that",
    run: async () => {
      const stage = await open(subject);
      await stage[Symbol.asyncDispose]();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(stage.strayed).toEqual([]);
    },
  },
  {
    title: `leaves nothing behind, ${lives} times set up, asked and closed`,
    run: async () => {
      const refs: WeakRef<object>[] = [];
      const live = async (): Promise<void> => {
        await using stage = await open(subject);
        refs.push(new WeakRef(stage.signal));
        await askEverything(stage, subject);
      };
      // What is made once and kept for all is not counted.
      await live();
      refs.length = 0;
      const before = holdings();
      for (let count = 0; count < lives; count++) await live();
      expect(await leftAfter(before)).toEqual([]);
      // One may still be held by what ran last.
      expect(await reachable(refs), "contexts of closed plugins that can still be reached").toBeLessThanOrEqual(1);
    },
  },
];

const open = (subject: PluginSubject): Promise<PluginStage> => openPluginStage(subject.plugin(), subject);

const contributed = ({ tools, sources, hooks }: PluginStage) => ({
  sources: [...sources.keys()].toSorted(),
  tools: [...tools.keys()].toSorted(),
  hooks: hooks.toSorted(),
});

const expectedOf = ({ tools = [], sources = [], hooks = [] }: PluginSubject) => ({
  sources: sources.toSorted(),
  tools: tools.toSorted(),
  hooks: hooks.toSorted(),
});

const samplesOf = <THook extends HookName>(
  { directory }: PluginStage,
  { plugin, samples = {} }: PluginSubject,
  hook: THook,
): readonly HookArgument[THook][] => {
  const own: readonly HookArgument[THook][] | undefined = samples[hook];
  return [sampleArguments(directory, plugin().name)[hook], ...(own ?? [])];
};

const askEverything = async (stage: PluginStage, subject: PluginSubject): Promise<void> => {
  for (const key of stage.sources.keys()) await stage.tell(key);
  for (const hook of new Set(stage.hooks))
    for (const given of samplesOf(stage, subject, hook)) await stage.ask(hook, given);
};

/** What there is more of: looked at for as long as something ends by itself, at most a second. */
const leftAfter = async (before: ReturnType<typeof holdings>): Promise<readonly string[]> => {
  for (let tries = 0; tries < 50; tries++) {
    if (leftovers(before, holdings()).length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return leftovers(before, holdings());
};
