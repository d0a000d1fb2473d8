import type { LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from "@ai-sdk/provider";

/** The text of the last message in the user's role; empty where there is none. For scripts that answer from the conversation. */
export const lastUserText = (prompt: LanguageModelV4Prompt): string => {
  const message = prompt.findLast(({ role }) => role === "user");
  if (message?.role !== "user") return "";
  return message.content.flatMap((content) => (content.type === "text" ? [content.text] : [])).join("");
};

/** The results of tools since the last message in the user's role, in order. Empty before the first call of a turn. */
export const toolResultsOfTurn = (prompt: LanguageModelV4Prompt): readonly LanguageModelV4ToolResultPart[] => {
  const start = prompt.findLastIndex(({ role }) => role === "user");
  return prompt
    .slice(start + 1)
    .flatMap((message) => (message.role === "tool" ? message.content : []))
    .filter((content) => content.type === "tool-result");
};

/** How many messages in the user's role there are: which turn of the conversation this is, from 1. */
export const turnOf = (prompt: LanguageModelV4Prompt): number => prompt.filter(({ role }) => role === "user").length;
