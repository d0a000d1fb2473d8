import { definePlugin } from "@holdfast/core/plugin";
import { scriptedModel, text } from "@holdfast/testkit";

import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { ContextSource, Plugin } from "@holdfast/core/plugin";
import type { Script } from "@holdfast/testkit";

/** What a source of the test says: a value, nothing, or that it is down. */
export type Said = "1" | "2" | "down" | undefined;

/** A source that says whatever it is set to. */
export const sourceOf = (key: string, said: () => Said): ContextSource<string> => ({
  key,
  load: () => {
    const value = said();
    if (value === "down") throw new Error("it is down");
    return value;
  },
  baseline: (value) => `${key} is ${value}.`,
  update: (value) => `${key} is ${value} now.`,
  removal: (value) => `${key} was ${value}, and is gone.`,
});

/** A plugin that registers sources. */
export const telling = (name: string, ...sources: readonly ContextSource[]): Plugin =>
  definePlugin({
    name,
    setup: ({ context }) => {
      for (const source of sources) context.register(source);
    },
  });

/** A model that remembers what it was shown. */
export const remembering = (script: Script = () => [text("Yes.")]) => {
  const prompts: LanguageModelV4Prompt[] = [];
  const model = scriptedModel((prompt, ...more) => {
    prompts.push(prompt);
    return typeof script === "function" ? script(prompt, ...more) : [text("Yes.")];
  });
  return { prompts, model };
};

/** The system message of a prompt. */
export const systemOf = (prompt: LanguageModelV4Prompt | undefined): unknown =>
  prompt?.[0]?.role === "system" && prompt[0].content;
/** What a prompt shows in the user's role. */
export const textsOf = (prompt: LanguageModelV4Prompt | undefined): readonly string[] =>
  (prompt ?? []).flatMap(({ role, content }) =>
    role === "user" ? content.map((part) => (part.type === "text" ? part.text : "")) : [],
  );
