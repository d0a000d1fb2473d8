import { finish, text, toolCall } from "@holdfast/testkit";

import type { LanguageModelV4Message, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { ScriptStep } from "@holdfast/testkit";

/** Whether a request asks for a summary. */
export const asksForSummary = ([first]: LanguageModelV4Prompt): boolean =>
  first?.role === "system" && first.content.startsWith("You keep the notes");

/** How many of the last messages are a person's. */
export const lastText = (prompt: LanguageModelV4Prompt): string => textOf(prompt.at(-1));

/** The text of a message. */
export const textOf = (message: LanguageModelV4Message | undefined): string =>
  message === undefined || message.role === "system" || message.role === "tool"
    ? ""
    : message.content.map((part) => ("text" in part ? part.text : "")).join("");

/** What a provider would count, at least: four characters a token, whatever is in the prompt. */
export const countTokens = (request: unknown): number => Math.ceil(JSON.stringify(request).length / 4);

/** Calls of a prompt that have no result right after them, and results that have no call right before them. */
export const unpaired = (prompt: LanguageModelV4Prompt): readonly string[] => {
  const found: string[] = [];
  for (const [index, message] of prompt.entries()) {
    if (message.role === "assistant") {
      const next = prompt[index + 1];
      const results =
        next?.role === "tool" ? next.content.map((part) => ("toolCallId" in part ? part.toolCallId : "")) : [];
      for (const part of message.content)
        if (part.type === "tool-call" && !results.includes(part.toolCallId)) found.push(`call ${part.toolCallId}`);
    }
    if (message.role === "tool" && prompt[index - 1]?.role !== "assistant") found.push(`results at ${index}`);
  }
  return found;
};

/** A summary that says how often it was brought up to date. */
export const summaryStep = (prompt: LanguageModelV4Prompt): ScriptStep => {
  const found = /Notes, version (\d+)/.exec(lastText(prompt));
  return [text(`## Goal\nNotes, version ${Number(found?.[1] ?? 0) + 1}`), finish("stop")];
};

/** Answers a person with a call, and the call's result with words. */
export const callThenAnswer = (prompt: LanguageModelV4Prompt, words = 800): ScriptStep =>
  prompt.at(-1)?.role === "tool"
    ? [text("word ".repeat(words / 5)), finish("stop")]
    : [toolCall("look", { path: "a.ts" })];

/** A model that answers by a function, and what it was asked. */
export const noting = (answer: (prompt: LanguageModelV4Prompt) => ScriptStep | Promise<ScriptStep>) => {
  const prompts: LanguageModelV4Prompt[] = [];
  const summaries: LanguageModelV4Prompt[] = [];
  return {
    prompts,
    summaries,
    model: (prompt: LanguageModelV4Prompt) => {
      (asksForSummary(prompt) ? summaries : prompts).push(prompt);
      return answer(prompt);
    },
  };
};

/** Answers a person with a word. */
export const short = (prompt: LanguageModelV4Prompt): ScriptStep =>
  asksForSummary(prompt) ? summaryStep(prompt) : [text("Yes.")];
