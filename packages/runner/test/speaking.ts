import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import * as z from "zod";

import { dataOf } from "./stage.ts";

import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { Plugin, PluginDefinition } from "@holdfast/core/plugin";
import type { DurableEvent } from "@holdfast/core/event";
import type { ScriptStep } from "@holdfast/testkit";

/** A plugin with the tool `speak`, which says something. */
export const speaking = (says: string, more: Partial<PluginDefinition> = {}): Plugin => {
  return definePlugin({
    name: "voice",
    setup: ({ tools }) => {
      const execute = (): string => says;
      const description = `Says ${says}.`;
      tools.register(defineTool({ name: "speak", description, input: z.object({}), output: z.string(), execute }));
    },
    ...more,
  });
};

/** Calls `speak`, and looks at what came of it. */
export const calling = (prompt: LanguageModelV4Prompt): ScriptStep =>
  toolResultsOfTurn(prompt).length === 0 ? [toolCall("speak", {})] : [text("I heard it.")];

/** A plugin that notes its setup and its end. */
export const noted = (name: string, notes: string[], requires: readonly string[] = []): Plugin =>
  definePlugin({
    name,
    requires,
    setup: ({ location }) => {
      notes.push(`+${name}`);
      return () => void notes.push(`-${name} ${location.directory === "" ? "nowhere" : ""}`.trim());
    },
  });

/** What came of the calls: a text, or why they were not run. */
export const contents = (log: readonly DurableEvent[]): readonly unknown[] =>
  dataOf(log, "tool.settled").map(({ outcome }) => (outcome.status === "stopped" ? outcome.reason : outcome.content));
