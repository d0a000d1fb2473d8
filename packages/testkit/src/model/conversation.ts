import type { LanguageModelV4Message, LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from "@ai-sdk/provider";

// What changes in the system context is told in the user's role, and a person has not said it.
const isSaid = (message: LanguageModelV4Message): boolean => {
  if (message.role !== "user") return false;
  const [first] = message.content;
  return first?.type !== "text" || !first.text.startsWith("<system-update>");
};

/** The text of what a user said last; empty where there is none. For scripts that answer from the conversation. */
export const lastUserText = (prompt: LanguageModelV4Prompt): string => {
  const message = prompt.findLast(isSaid);
  if (message?.role !== "user") return "";
  return message.content.flatMap((content) => (content.type === "text" ? [content.text] : [])).join("");
};

/** The results of tools since a user said something, in order. Empty before the first call of a turn. */
export const toolResultsOfTurn = (prompt: LanguageModelV4Prompt): readonly LanguageModelV4ToolResultPart[] => {
  const start = prompt.findLastIndex(isSaid);
  return prompt
    .slice(start + 1)
    .flatMap((message) => (message.role === "tool" ? message.content : []))
    .filter((content) => content.type === "tool-result");
};

/** How often a user has said something: which turn of the conversation this is, from 1. */
export const turnOf = (prompt: LanguageModelV4Prompt): number => prompt.filter(isSaid).length;
